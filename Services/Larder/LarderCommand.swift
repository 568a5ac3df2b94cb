import ArgumentParser
import ReplicaStore

/// The command line: a local-first replica like any other, and the operator's tools.
///
/// A thin shell: it reads the command, asks ReplicaStore, and says what came of it. Exit status: 0 done, 1 refused, 2
/// wrong use, 75 try again.
@main
struct LarderCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "larder",
        abstract: "Shared lists that work offline.",
        discussion: """
            Lists and items may be named by a unique beginning of their name. Every edit is saved on this \
            device first and reaches the server when it can. Exit status: 0 done, 1 refused, 2 wrong use, 75 try again \
            later.
            """,
        version: "0.1.0",
        groupedSubcommands: [
            CommandGroup(name: "Account", subcommands: [Register.self, Login.self, Logout.self]),
            CommandGroup(
                name: "Lists",
                subcommands: [Lists.self, New.self, Show.self, Rename.self, Trash.self, Restore.self]),
            CommandGroup(
                name: "Items",
                subcommands: [Add.self, Check.self, Uncheck.self, Take.self, Edit.self, Remove.self, Move.self]),
            CommandGroup(name: "Sharing", subcommands: [Share.self, Join.self, Members.self]),
            CommandGroup(
                name: "Sync", subcommands: [Sync.self, Watch.self, Status.self, History.self, Why.self]),
            CommandGroup(name: "In and out", subcommands: [Import.self, Export.self]),
            CommandGroup(name: "Operators", subcommands: OperatorCommands.group),
        ])

    static func main() async {
        do {
            var command = try parseAsRoot(Join.shielding(Array(CommandLine.arguments.dropFirst())))
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            Ending.end(error)
        }
    }
}
