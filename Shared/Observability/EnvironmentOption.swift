package import ArgumentParser
import Configuration
import Synchronization

/// Where options find what the command line does not say: the variables of the process, or those a test passes in.
///
/// A default cannot throw while a command is being built, so a value that does not parse is kept here and becomes a
/// usage error when the options are validated, whether or not the command line overrides it.
package final class OptionEnvironment: Sendable {
    @TaskLocal package static var current = OptionEnvironment(EnvironmentVariablesProvider())

    private let provider: EnvironmentVariablesProvider
    /// Variable → what it must be.
    private let malformed = Mutex<[String: String]>([:])

    private init(_ provider: EnvironmentVariablesProvider) {
        self.provider = provider
    }

    package convenience init(variables: [String: String]) {
        self.init(EnvironmentVariablesProvider(environmentVariables: variables))
    }

    /// Nil if the variable is unset, empty or malformed.
    package func value<Value: OptionValue>(of variable: String, as type: Value.Type = Value.self) -> Value? {
        guard let text = try? provider.environmentValue(forName: variable), !text.isEmpty else { return nil }
        guard let value = Value(argument: text) else {
            malformed.withLock { $0[variable] = Value.expected }
            return nil
        }
        return value
    }

    /// Throws the sentence about the first malformed variable. The value is not shown: it may hold a secret.
    package func validate() throws {
        guard let (variable, expected) = malformed.withLock({ $0.min { $0.key < $1.key } }) else { return }
        throw ValidationError("The environment variable \(variable) must be \(expected).")
    }
}

extension Option where Value: OptionValue {
    /// An option named after its property, whose default is the environment variable's value, or else the one written
    /// here. Its help names the variable:
    ///
    ///     @Option(variable: "LARDER_ZONE", help: "What fails together with this shard.") var zone = "a"
    ///
    /// Commands that use it include ``CommonOptions`` as an option group, or call ``OptionEnvironment/validate()``.
    package init(wrappedValue: Value, variable: String, help: String, valueName: String? = nil) {
        self.init(
            wrappedValue: OptionEnvironment.current.value(of: variable) ?? wrappedValue,
            help: ArgumentHelp("\(help) [\(variable)]", valueName: valueName))
    }
}
