internal import Foundation

/// A folder as `scripts/build-webapp` lays it out, read once.
package struct WebAppFolder: Sendable {
    private let path: String

    package init(_ path: String) { self.path = path }

    /// Throws a sentence that names the folder.
    package func load() throws -> WebApp {
        do throws(WebAppFailure) { return try WebApp(try contents()) } catch {
            throw WebAppFolderFailure(path: path, failure: error)
        }
    }

    private func contents() throws(WebAppFailure) -> [String: [UInt8]] {
        // A folder that is named by a link is fine; links within it are not followed.
        let root = URL(filePath: path).resolvingSymlinksInPath()
        guard let names = FileManager.default.enumerator(atPath: root.path) else { throw .unreadable(path) }
        var (contents, bytes) = ([String: [UInt8]](), 0)
        for case let name as String in names {
            let file = root.appending(path: name)
            let attributes = try? FileManager.default.attributesOfItem(atPath: file.path)
            if attributes?[.type] as? FileAttributeType == .typeDirectory { continue }
            guard attributes?[.type] as? FileAttributeType == .typeRegular, let size = attributes?[.size] as? Int else {
                throw .unreadable(name)
            }
            bytes += size
            guard bytes <= WebApp.bytesMax else { throw .tooLarge }
            guard contents.count < WebApp.filesMax else { throw .tooMany }
            guard let data = try? Data(contentsOf: file), data.count == size else { throw .unreadable(name) }
            contents[name] = [UInt8](data)
        }
        return contents
    }
}

package struct WebAppFolderFailure: Error, CustomStringConvertible {
    let path: String
    let failure: WebAppFailure

    package var description: String {
        "The web app cannot be served from the folder \(path): \(failure). The folder is chosen by --web-root or LARDER_WEB_ROOT."
    }
}
