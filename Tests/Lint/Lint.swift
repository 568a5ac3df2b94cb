import Foundation

/// One line of the source that breaks a rule of the house.
struct Finding: CustomStringConvertible, Equatable {
    let file: String
    let line: Int
    let rule: String

    var description: String { "\(file):\(line): \(rule)" }
}

/// A source file, as the rules see it.
struct SourceFile {
    /// From the project's folder on: `Shared/Quorum/ReadQuorum.swift`.
    let path: String
    let lines: [String]

    init(path: String, text: String) {
        self.path = path
        lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    /// `Shared/Quorum/…` → `Quorum`
    var module: String {
        let parts = path.split(separator: "/")
        return parts.count > 2 ? String(parts[1]) : ""
    }

    var imports: [(line: Int, module: String)] {
        lines.enumerated().compactMap { index, line in
            let words = line.split(separator: " ")
            guard let place = words.firstIndex(of: "import"), place <= 1, place + 1 < words.count, !line.hasPrefix(" ")
            else { return nil }
            return (index + 1, String(words[place + 1]))
        }
    }

    /// The line without its comment and without what stands between quotes.
    func code(_ index: Int) -> String {
        let line = lines[index]
        let bare = line.replacing(/"([^"\\]|\\.)*"/, with: "\"\"")
        return bare.firstRange(of: "//").map { String(bare[..<$0.lowerBound]) } ?? bare
    }
}

/// What the house rules ask of every file, as far as a machine can see it.
enum Lint {
    static let fileLinesMax = 350
    static let functionLinesMax = 60

    /// What a module may import besides the standard library. A module that is not named here may import anything.
    static let allowed: [String: Set<String>] = [
        "ListCRDT": [], "SyncProtocol": ["ListCRDT"], "Placement": ["ListCRDT"], "Quorum": ["ListCRDT", "Placement"],
        "LivePresence": ["ListCRDT"],
    ]
    /// C libraries, and the only module that may name them.
    static let owners = ["CHiredis": "Redis", "CLibPQ": "Postgres", "CLibZMQ": "ZeroMQ"]

    static func findings(in file: SourceFile) -> [Finding] {
        imports(file) + traps(file) + unguarded(file) + sizes(file)
    }

    private static func imports(_ file: SourceFile) -> [Finding] {
        file.imports.compactMap { line, module in
            if let allowed = allowed[file.module], !allowed.contains(module) {
                return Finding(file: file.path, line: line, rule: "\(file.module) must not import \(module)")
            }
            if let owner = owners[module], owner != file.module {
                return Finding(file: file.path, line: line, rule: "only \(owner) may import \(module)")
            }
            return nil
        }
    }

    /// What a reader of input must not be able to reach.
    private static func traps(_ file: SourceFile) -> [Finding] {
        let banned = ["try!", "fatalError(", "preconditionFailure(", " as! ", "Task.detached"]
        return file.lines.indices.flatMap { index in
            banned.filter(file.code(index).contains).map { word in
                Finding(file: file.path, line: index + 1, rule: "no \(word.trimmingCharacters(in: .whitespaces))")
            }
        }
    }

    /// What the compiler no longer checks needs the guard that a person checks, beside it.
    private static func unguarded(_ file: SourceFile) -> [Finding] {
        file.lines.indices.compactMap { index in
            let code = file.code(index)
            guard code.contains("@unchecked Sendable") || code.contains("nonisolated(unsafe)") else { return nil }
            return file.lines[index].contains("  // guard: ")
                ? nil : Finding(file: file.path, line: index + 1, rule: "name the guard on the line")
        }
    }

    private static func sizes(_ file: SourceFile) -> [Finding] {
        var findings: [Finding] = []
        if file.lines.count > fileLinesMax {
            findings.append(
                Finding(file: file.path, line: 1, rule: "\(file.lines.count) lines; at most \(fileLinesMax)"))
        }
        var start: (line: Int, indent: Int)?
        for (index, line) in file.lines.enumerated() {
            let indent = line.prefix { $0 == " " }.count
            if let open = start, indent == open.indent, line.dropFirst(indent) == "}" {
                if index - open.line > functionLinesMax {
                    let rule = "a function of \(index - open.line) lines; at most \(functionLinesMax)"
                    findings.append(Finding(file: file.path, line: open.line + 1, rule: rule))
                }
                start = nil
            } else if start == nil, line.contains(/\b(func|init)\b.*[({]/), !line.contains(/^\s*\/\//) {
                start = (index, indent)
            }
        }
        return findings
    }
}
