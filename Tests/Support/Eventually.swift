/// Polls until `condition` holds; throws, naming `what`, when it does not within the time.
package func eventually(
    within limit: Duration = .seconds(10), every pause: Duration = .milliseconds(5), _ what: String = "the condition",
    file: StaticString = #fileID,
    line: UInt = #line, isolation: isolated (any Actor)? = #isolation, _ condition: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + limit
    while try await !condition() {
        guard ContinuousClock.now < deadline else {
            throw TestSupportError("\(file):\(line): not within \(limit): \(what)")
        }
        try await Task.sleep(for: pause)
    }
}

package struct TestSupportError: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}
