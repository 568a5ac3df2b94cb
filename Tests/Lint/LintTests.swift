import Foundation
import Testing

@Suite("The house rules")
struct LintTests {
    @Test("No file under Services and Shared breaks a rule")
    func wholeProject() throws {
        let files = try Self.sources()
        #expect(files.count > 100, "the sources were not found")
        let findings = files.flatMap(Lint.findings)
        #expect(findings.isEmpty, "\(findings.map(\.description).joined(separator: "\n"))")
    }

    @Test("Every folder under Services and Shared says in a README what it is")
    func readmes() throws {
        for parent in ["Services", "Shared"] {
            for folder in try FileManager.default.contentsOfDirectory(atPath: Self.root.appending(path: parent).path) {
                let readme = Self.root.appending(path: "\(parent)/\(folder)/README.md").path
                #expect(FileManager.default.fileExists(atPath: readme), "\(parent)/\(folder) has no README.md")
            }
        }
    }

    @Test(
        "Each rule can be broken",
        arguments: [
            ("Shared/Quorum/A.swift", "import Foundation\n", "Quorum must not import Foundation"),
            ("Shared/ListCRDT/A.swift", "package import Placement\n", "ListCRDT must not import Placement"),
            ("Shared/Bus/A.swift", "internal import CHiredis\n", "only Redis may import CHiredis"),
            ("Shared/Bus/A.swift", "let a = try! b()\n", "no try!"),
            ("Shared/Bus/A.swift", "    fatalError(\"x\")\n", "no fatalError("),
            ("Shared/Bus/A.swift", "let a = b as! C\n", "no as!"),
            ("Shared/Bus/A.swift", "Task.detached { }\n", "no Task.detached"),
            (
                "Shared/Bus/A.swift", "// by a lock\nfinal class A: @unchecked Sendable {}\n",
                "name the guard on the line"
            ),
            ("Shared/Bus/A.swift", String(repeating: "\n", count: 400), "401 lines; at most 350"),
            (
                "Shared/Bus/A.swift", "func a() {\n" + String(repeating: "    b()\n", count: 70) + "}\n",
                "a function of 71 lines; at most 60"
            ),
        ])
    func trips(path: String, text: String, rule: String) {
        #expect(Lint.findings(in: SourceFile(path: path, text: text)).map(\.rule) == [rule])
    }

    @Test("What is said in a comment or a text breaks no rule")
    func comments() {
        let text =
            "// never try! this\nlet a = \"fatalError(\"\nclass A: @unchecked Sendable {}  // guard: a lock\n"
        #expect(Lint.findings(in: SourceFile(path: "Shared/Bus/A.swift", text: text)).isEmpty)
    }

    // MARK: - The sources

    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    private static func sources() throws -> [SourceFile] {
        try ["Services", "Shared"].flatMap { parent -> [SourceFile] in
            let folder = root.appending(path: parent)
            let paths = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
            return try paths.filter { $0.hasSuffix(".swift") }.sorted().map { path in
                let text = try String(contentsOf: folder.appending(path: path), encoding: .utf8)
                return SourceFile(path: "\(parent)/\(path)", text: text)
            }
        }
    }
}
