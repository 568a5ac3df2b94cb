import ArgumentParser
import Foundation
import ReplicaStore

/// How a command that did not succeed ends: a sentence on standard error, or JSON, and the exit status.
enum Ending {
    static let refused: Int32 = 1
    static let usage: Int32 = 2
    static let tryAgain: Int32 = 75

    private struct Report: Encodable {
        struct Trouble: Encodable {
            var code: String
            var message: String
            var retryable: Bool
        }

        var error: Trouble
    }

    static func end(_ error: any Error) -> Never {
        let status = LarderCommand.exitCode(for: error)
        if status.isSuccess {  // help and version arrive as errors
            Terminal.out(LarderCommand.fullMessage(for: error))
            exit(0)
        }
        if status == .validationFailure {
            Terminal.err(LarderCommand.fullMessage(for: error))
            exit(usage)
        }
        if let code = error as? ExitCode { exit(code.rawValue) }
        let explained = DeviceError(explaining: error)
        if CommandLine.arguments.contains("--json") {
            let trouble = Report.Trouble(
                code: explained.code, message: explained.description, retryable: explained.kind == .tryAgain)
            Terminal.err((try? JSONText.write(Report(error: trouble), pretty: false)) ?? explained.description)
        } else {
            Terminal.err("larder: \(explained.description)")
        }
        exit(self.status(of: explained.kind))
    }

    private static func status(of kind: DeviceError.Kind) -> Int32 {
        switch kind {
        case .refused: refused
        case .usage: usage
        case .tryAgain: tryAgain
        }
    }
}
