package import ListCRDT

/// The head of an account document.
package struct AccountRecord: Hashable, Sendable {
    package let username: String
    package let user: UserID
    package let verifier: PasswordVerifier
    package let createdMilliseconds: UInt64

    package init(username: Username, user: UserID, verifier: PasswordVerifier, createdMilliseconds: UInt64) {
        self.username = username.text
        self.user = user
        self.verifier = verifier
        self.createdMilliseconds = createdMilliseconds
    }

    /// Nil if the document is no account, or has not been registered (an empty document), or is not readable.
    package init?(_ document: Document) {
        guard document.kind == .account, let head = document.entries[.head]?.shown,
            let username = head[.username]?.text,
            let user = head[.userID]?.data.flatMap({ UserID(bytes: $0) }),
            let verifier = head[.passwordVerifier]?.data.flatMap({ PasswordVerifier(bytes: $0) })
        else { return nil }
        self.username = username
        self.user = user
        self.verifier = verifier
        createdMilliseconds = head[.createdMilliseconds]?.integer.map { UInt64(clamping: $0) } ?? 0
    }

    /// What one operation on the head writes to register this account.
    package var changes: [FieldChange] {
        [
            .set(.username, .string(username)),
            .set(.userID, .bytes(user.bytes)),
            .set(.passwordVerifier, .bytes(verifier.bytes)),
            .set(.createdMilliseconds, .int(Int64(clamping: createdMilliseconds))),
        ]
    }
}
