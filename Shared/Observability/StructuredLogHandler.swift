import Foundation
package import Logging

/// Writes one ``LogLine`` an event to standard error (or where a test wants it).
package struct StructuredLogHandler: LogHandler {
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?
    package var logLevel: Logger.Level

    private let label: String
    private let identity: ServiceIdentity
    private let format: LogFormat
    private let write: @Sendable (String) -> Void

    package init(
        label: String, identity: ServiceIdentity, level: Logger.Level, format: LogFormat,
        write: @escaping @Sendable (String) -> Void = StandardError.write
    ) {
        self.label = label
        self.identity = identity
        logLevel = level
        self.format = format
        self.write = write
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        var all = metadata
        if let provided = metadataProvider?.get() { all.merge(provided) { _, new in new } }
        if let own = event.metadata { all.merge(own) { _, new in new } }
        if let error = event.error { all["error"] = "\(error)" }
        let line = LogLine(
            time: Date(), level: event.level, identity: identity, label: label, message: "\(event.message)",
            metadata: all)
        write(line.formatted(format))
    }
}

package enum StandardError {
    /// The whole text in one system call where the pipe allows it, so that lines of several threads never mix.
    package static let write: @Sendable (String) -> Void = { text in
        var text = text
        text.withUTF8 { line in
            var rest = UnsafeRawBufferPointer(line)
            while !rest.isEmpty {
                let count = Foundation.write(STDERR_FILENO, rest.baseAddress, rest.count)
                if count > 0 {
                    rest = UnsafeRawBufferPointer(rebasing: rest[count...])
                } else if errno != EINTR {
                    return
                }
            }
        }
    }
}
