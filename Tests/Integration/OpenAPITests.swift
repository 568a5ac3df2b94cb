import Foundation
import TestStack
import TestSupport
import Testing

/// `LARDER_TEST_PYTHON` names a Python that has `schemathesis==4.32.5`.
private let python = ProcessInfo.processInfo.environment["LARDER_TEST_PYTHON"]

extension Integration.BadInputTests {
    private static let requestSeed = 4_711
    private static let examples = 15

    @Test(
        "Whatever schemathesis makes of the OpenAPI document is answered as the document says",
        .enabled(if: python != nil, "LARDER_TEST_PYTHON names no Python"), .timeLimit(.minutes(3)),
        arguments: [false, true])
    func schemathesis(isKnown: Bool) async throws {
        let folder = try TemporaryDirectory("openapi")
        let configuration = folder.file("schemathesis.toml")
        let base = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "OpenAPI/schemathesis.toml")
        var text = try String(contentsOf: base, encoding: .utf8)
        if isKnown { text += try await parameters() }
        try text.write(to: configuration, atomically: true, encoding: .utf8)
        let address = site.stack.address
        let run = try await CommandResult.of(
            try #require(python),
            [
                "-m", "schemathesis.cli", "--config-file", configuration.path, "--no-color", "run",
                "\(address)/v1/openapi.json", "--url", address, "--phases", isKnown ? "coverage,fuzzing" : "fuzzing",
                "--no-shrink",
                "--seed", "\(Self.requestSeed)", "--max-examples", "\(Self.examples)",
                "--suppress-health-check", "all",
            ],
            environment: [
                "LARDER_TOKEN": site.stranger.token, "HYPOTHESIS_STORAGE_DIRECTORY": folder.url.path,
                "TMPDIR": folder.url.path,
            ])
        print(run.output.split(separator: "\n").suffix(4).joined(separator: "\n"))
        #expect(run.status == 0, "seed \(Self.requestSeed)\n\(run.output.suffix(20_000))\n\(run.errors.suffix(2_000))")
    }

    /// A list, an item, a member and an invitation that there are.
    private func parameters() async throws -> String {
        let list = try await site.stranger.newList("Known")
        let item = try #require(try await site.stranger.add("known", to: list).json["id"] as? String)
        let path = "/v1/lists/\(list)/invitations"
        let invitation = try await site.stranger.send("POST", path, ["role": "editor"])
        let token = try #require(invitation.json["token"] as? String)
        #expect(try await site.villain.send("POST", "/v1/invitations/\(token)").status == 200)
        return """

            [parameters]
            list = "\(list)"
            item = "\(item)"
            user = "\(site.villain.user)"
            token = "\(token)"
            """
    }
}
