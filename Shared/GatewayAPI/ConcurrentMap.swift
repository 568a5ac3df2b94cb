extension Array where Element: Sendable {
    /// The results in order; at most so many are worked on at once. A lone element costs no task.
    func concurrentMap<Output: Sendable>(
        atOnce: Int, _ transform: @escaping @Sendable (Element) async -> Output
    ) async -> [Output] {
        if count == 1 { return [await transform(self[0])] }
        return await withTaskGroup(of: (Int, Output).self) { group in
            var results = [Output?](repeating: nil, count: count)
            var rest = enumerated().makeIterator()
            for _ in 0..<Swift.min(atOnce, count) {
                if let (index, element) = rest.next() { group.addTask { (index, await transform(element)) } }
            }
            while let (index, output) = await group.next() {
                results[index] = output
                if let (index, element) = rest.next() { group.addTask { (index, await transform(element)) } }
            }
            return results.compactMap(\.self)
        }
    }
}
