import ArgumentParser
import ListCRDT
import ReplicaStore

extension Role: ExpressibleByArgument {
    package init?(argument: String) {
        guard let role = Role.allCases.first(where: { $0.word == argument }) else { return nil }
        self = role
    }

    package static var allValueStrings: [String] { allCases.map(\.word) }
}

struct Share: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Invite somebody to a list. Prints the token to give them.")
    @OptionGroup var device: DeviceOptions
    @Argument(help: "The list.") var list: String
    @Option(help: "What they may do.") var role = Role.editor

    func run() async throws {
        let store = try await device.open()
        let id = try await store.list(named: list)
        try await store.deliver()
        let invitation = try await store.invite(to: id, as: role)
        try device.write(
            invitation,
            """
            \(invitation.token)
            \(Terminal.dim("They become \(role.word) with: larder join \(invitation.token)"))
            """)
    }
}

struct Join: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Accept an invitation to a list.")
    @OptionGroup var device: DeviceOptions
    @Argument(help: "The token, or the address that it came in.") var token: String

    /// The words of the command line, with a token that begins with a dash put where it is not taken for options: one list in
    /// 64 has such tokens.
    static func shielding(_ words: [String]) -> [String] {
        guard words.first == "join", !words.contains("--"),
            let place = words.lastIndex(where: { $0.hasPrefix("-") && $0.utf8.count == 43 })
        else { return words }
        var others = words
        let token = others.remove(at: place)
        return others + ["--", token]
    }

    func run() async throws {
        let store = try await device.open()
        let id = try await store.join(token: token)
        _ = try await SyncEngine(store: store, transport: GatewayTransport(store))
            .run(.only([Shelf.document(of: store.user), id]), patience: .seconds(3), limit: .seconds(10))
        guard let view = try await store.document(id)?.list else { return }
        try device.write(ListJSON(id, view), ListPicture.draw(view))
    }
}

struct Members: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Show who shares a list, or change what they may do.")
    @OptionGroup var device: DeviceOptions
    @Argument(help: "The list.") var list: String
    @Option(help: "The member to change, by name.") var member: String?
    @Option(help: "What they may do from now on.") var role: Role?
    @Flag(help: "They are no longer a member.") var remove = false

    func validate() throws {
        let changes = (role == nil ? 0 : 1) + (remove ? 1 : 0)
        guard changes == (member == nil ? 0 : 1) else {
            throw ValidationError("To change a member: --member NAME and either --role or --remove.")
        }
    }

    func run() async throws {
        let store = try await device.open()
        let id = try await store.list(named: list)
        if let member { try await change(member, of: id, store) }
        let members = try await store.document(id)?.list.members ?? []
        let rows = members.map(ListJSON.Member.init)
        let lines = members.map { "\($0.name)  \(Terminal.dim($0.role.word))" }
        try device.write(["members": rows], lines.joined(separator: "\n"))
    }

    private func change(_ member: String, of list: DocumentID, _ store: ReplicaStore) async throws {
        let members = try await store.document(list)?.list.members ?? []
        let candidates = members.map { NameChoice.Candidate(id: $0.user, name: $0.name) }
        let user = try NameChoice.choose(member, "member", from: candidates)
        try await store.deliver()
        try await store.set(remove ? nil : role, of: user, in: list)
        _ = try await SyncEngine(store: store, transport: GatewayTransport(store))
            .run(.only([list]), patience: .zero, limit: EditOptions.syncLimit)
    }
}

extension ReplicaStore {
    /// Brings to the server what it has to know before it can do what is asked of it.
    func deliver() async throws {
        let report = try await SyncEngine(store: self, transport: GatewayTransport(self))
            .run(.pending, patience: .seconds(3), limit: .seconds(15))
        switch report.outcome {
        case .complete: break
        case .unfinished(let why): throw DeviceError.tryAgain("unreachable", why)
        case .signedOut: throw DeviceError.refused("logged_out", "Your session has ended. Log in again.")
        case .refused(let why): throw DeviceError.refused("refused", why)
        }
    }
}
