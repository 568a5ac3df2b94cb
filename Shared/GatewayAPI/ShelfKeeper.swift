internal import Accounts
internal import Foundation
package import JobQueue
internal import ListCRDT
package import Logging
internal import Messages
internal import Observability

/// Keeps people's shelves in step with lists' members: work across two documents, which no single write can do.
///
/// It is told *where* to look and never *what* to write: it makes the shelf say what the list says now. So it does not
/// matter in what order this happens, how often, or who else does it at the same time.
package struct ShelfKeeper: Sendable {
    package typealias Add = @Sendable (NewJob) async throws -> Void

    package static let queue = "membership"
    package static let jobName = "shelve"
    /// The job is the guarantee. It comes behind what the request itself does at once, and mostly finds that done.
    private static let options = JobOptions(
        attempts: 20, backoff: Backoff(.exponential, milliseconds: 500, jitter: 0.5), delayMilliseconds: 2_000,
        removeOnComplete: .newest(1_000), removeOnFail: .newest(10_000))
    /// Changes of the list that may come in between.
    private static let roundsMax = 4

    private struct Errand: Codable {
        var user, list, username, trace: String
    }

    private let library: Library
    private let add: Add
    private let logger: Logger

    package init(library: Library, logger: Logger, add: @escaping Add) {
        self.library = library
        self.logger = logger
        self.add = add
    }

    /// Sees to it, now or later, that `user`'s shelf says what the list says about them. Throws if that cannot be
    /// promised.
    func keep(_ user: UserID, _ list: DocumentID, username: String, by caller: Caller) async throws {
        try await promise(user, list, username: username, by: caller)
        do { try await settle(Self.owner(user, username, caller.trace), list) } catch {
            logger.debug("a shelf will be kept later", metadata: ["error": "\(error)"])
        }
    }

    /// The same, later; what cannot be promised is logged.
    func promise(_ user: UserID, _ list: DocumentID, by caller: Caller) async {
        do { try await promise(user, list, username: "", by: caller) } catch {
            logger.warning(
                "a shelf may name a list it should not, or lack one",
                metadata: ["user": "\(user.hex)", "list": "\(list.hex)", "error": "\(error)"])
        }
    }

    private func promise(_ user: UserID, _ list: DocumentID, username: String, by caller: Caller) async throws {
        let trace = TraceID(rawValue: caller.trace).hex
        let errand = Errand(user: user.hex, list: list.hex, username: username, trace: trace)
        let data = String(decoding: try JSONEncoder().encode(errand), as: UTF8.self)
        try await add(NewJob(name: Self.jobName, data: data, options: Self.options))
    }

    /// Works a job of the queue off.
    package func work(_ job: Job) async -> JobOutcome {
        guard let errand = try? JSONDecoder().decode(Errand.self, from: Data(job.data.utf8)),
            let user = UserID(hex: errand.user), let list = DocumentID(hex: errand.list)
        else { return .failed(reason: "the job's data is not {user, list, username, trace}") }
        let trace = TraceID(hex: errand.trace)?.rawValue ?? 0
        do {
            try await settle(Self.owner(user, errand.username, trace), list)
            return .completed
        } catch { return .retry(reason: APIError(error).code.rawValue) }
    }

    /// Whoever the shelf belongs to is the author of what is written to it.
    private static func owner(_ user: UserID, _ username: String, _ trace: UInt64) -> Caller {
        Caller(user: user, username: username, trace: trace)
    }

    private func settle(_ owner: Caller, _ list: DocumentID) async throws {
        var wanted = try await place(owner, list)
        for _ in 0..<Self.roundsMax {
            guard case .known(let place) = wanted else { return }
            try await put(place, list, owner)
            let latest = try await self.place(owner, list)
            if latest == wanted { return }
            wanted = latest
        }
        throw APIError(.busy, "The list changes too often at this moment.")
    }

    private struct Place: Equatable {
        var name: String
        var role: Role
    }

    private enum Wanted: Equatable {
        /// Nil: the person has no part in the list.
        case known(Place?)
        /// There is no such list: whoever made the shelf's entry knows more.
        case unknown
    }

    private func place(_ owner: Caller, _ list: DocumentID) async throws -> Wanted {
        let reading = try await library.read(list, .list, .access, trace: owner.trace)
        guard reading.exists else { return .unknown }
        return .known(
            reading.document.role(of: owner.user).map { Place(name: reading.document.list.name, role: $0) })
    }

    private func put(_ place: Place?, _ list: DocumentID, _ owner: Caller) async throws {
        let key = EntryKey(.items, list)
        let shelf = DocumentID.shelfDocument(owner.user)
        _ = try await library.edit(shelf, .shelf, at: key, reading: .entries([key]), by: owner) { edit in
            let shown = edit.document.entries[key]?.shown
            guard let place else {
                if shown != nil { edit.remove(key) }
                return
            }
            let changes: [FieldChange] = [
                .set(.name, .string(place.name)), .set(.role, .int(place.role.rawValue)),
            ]
            let isRight = shown?[.name] == .string(place.name) && shown?[.role] == .int(place.role.rawValue)
            if !isRight { edit.change(key, changes) }
        }
    }
}
