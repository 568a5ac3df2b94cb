/// How the bytes of an answer may be compressed, in the order in which we like them.
package enum ContentCoding: String, CaseIterable, Sendable {
    case br, gzip, identity

    /// What the name of a compressed file ends with.
    var suffix: String {
        switch self {
        case .br: ".br"
        case .gzip: ".gz"
        case .identity: ""
        }
    }

    /// The one of `available` that an `Accept-Encoding` (RFC 9110, 12.5.3) likes best. If it likes none of them: identity.
    package static func best(of available: [ContentCoding], accepting header: String?) -> ContentCoding {
        guard let header else { return .identity }
        let wishes = Wishes(header)
        var best: (coding: ContentCoding, weight: Int) = (.identity, 0)
        for coding in allCases where available.contains(coding) {
            let weight = wishes.weight(of: coding)
            if weight > best.weight { best = (coding, weight) }
        }
        return best.coding
    }

    /// What the header says, in thousandths.
    private struct Wishes {
        private var weights: [String: Int] = [:]

        init(_ header: String) {
            for element in header.split(separator: ",") {
                let parts = element.split(separator: ";").map { $0.trimming { $0 == " " || $0 == "\t" }.lowercased() }
                guard let name = parts.first else { continue }
                weights[name] =
                    parts.dropFirst().first { $0.hasPrefix("q=") }.map { Self.thousandths($0.dropFirst(2)) } ?? 1_000
            }
        }

        /// Identity is acceptable, if least so, unless it is said not to be.
        func weight(of coding: ContentCoding) -> Int {
            weights[coding.rawValue] ?? weights["*"] ?? (coding == .identity ? 1 : 0)
        }

        /// What is no weight is none.
        private static func thousandths(_ text: Substring) -> Int {
            guard let weight = Double(text), (0...1).contains(weight) else { return 0 }
            return Int(weight * 1_000)
        }
    }
}

extension Substring {
    fileprivate func trimming(_ isSpace: (Character) -> Bool) -> Substring {
        var rest = drop(while: isSpace)
        while let last = rest.last, isSpace(last) { rest.removeLast() }
        return rest
    }
}
