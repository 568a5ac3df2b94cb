package import ListCRDT

/// Finds the one thing that a person means by a name, by the unique beginning of a name, or by an id or its beginning.
package enum NameChoice {
    package struct Candidate: Sendable {
        package var id: Identifier
        package var name: String

        package init(id: Identifier, name: String) {
            self.id = id
            self.name = name
        }
    }

    /// Digits of an id's beginning, at least.
    static let idDigitsMin = 4
    static let namedCandidatesMax = 8

    /// The first rule that finds anything decides: id, whole name, name without regard to case, beginning of a name, of
    /// an id.
    package static func choose(_ text: String, _ what: String, from candidates: [Candidate]) throws -> Identifier {
        let lowered = text.lowercased()
        let rules: [(Candidate) -> Bool] = [
            { $0.id.hex == lowered },
            { $0.name == text },
            { $0.name.lowercased() == lowered },
            { $0.name.lowercased().hasPrefix(lowered) },
            { lowered.count >= idDigitsMin && $0.id.hex.hasPrefix(lowered) },
        ]
        guard !text.isEmpty else { throw DeviceError.refused("unknown_\(what)", "Which \(what)? The name is empty.") }
        for rule in rules {
            let found = candidates.filter(rule)
            if found.count == 1 { return found[0].id }
            if found.count > 1 { throw ambiguous(text, what, found) }
        }
        throw DeviceError.refused("unknown_\(what)", "There is no \(what) “\(text)” here.")
    }

    private static func ambiguous(_ text: String, _ what: String, _ found: [Candidate]) -> DeviceError {
        // Ids of one device's items begin alike: whole, where their beginnings tell nothing.
        let shown = Set(found.map { $0.id.hex.prefix(12) }).count == found.count ? 12 : 32
        var lines = found.prefix(namedCandidatesMax).map { "  \($0.id.hex.prefix(shown))  \($0.name)" }
        if found.count > namedCandidatesMax { lines.append("  … and \(found.count - namedCandidatesMax) more") }
        return .refused(
            "ambiguous",
            "“\(text)” could be any of \(found.count) \(what)s. Type more of the name, or the id:\n"
                + lines.joined(separator: "\n"))
    }
}
