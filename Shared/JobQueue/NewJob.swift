/// A job to be added.
package struct NewJob: Sendable, Hashable {
    package let name: String
    /// JSON text.
    package let data: String
    package let options: JobOptions
    /// An id of one's own, so that adding the same work twice adds it once; `nil`: the queue's next number.
    /// It is neither empty nor an integer, and has no `:`.
    package let id: String?

    package init(name: String, data: String, options: JobOptions = JobOptions(), id: String? = nil) {
        self.name = name
        self.data = data
        self.options = options
        self.id = id
    }

    var hasValidID: Bool {
        guard let id else { return true }
        return !id.isEmpty && !id.contains(":") && Int(id) == nil && !id.allSatisfy(\.isWholeNumber)
    }
}
