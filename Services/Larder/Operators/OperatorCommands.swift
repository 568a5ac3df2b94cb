import ArgumentParser

/// What operators type.
enum OperatorCommands {
    static let group: [any ParsableCommand.Type] = [
        RingCommand.self, ShardsCommand.self, JobsCommand.self, TailCommand.self,
    ]
}
