import Foundation

/// A password as it is hashed: in one Unicode normal form, so that every keyboard spells it alike. Never printed.
package struct Password: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// In characters.
    package static let lengths = 8...200
    /// What is longer is no one's password, and is not hashed. 200 characters of four bytes fit.
    static let bytesMax = 1024

    let bytes: [UInt8]

    /// A password to check, whatever it is.
    package init(_ text: String) {
        bytes = Array(text.precomposedStringWithCanonicalMapping.utf8)
    }

    /// A password to set: long enough, not the name, not one of those that are tried first.
    package init(choosing text: String, for username: Username) throws(CredentialError) {
        guard text.count >= Self.lengths.lowerBound else {
            throw .weakPassword("A password has at least \(Self.lengths.lowerBound) characters.")
        }
        guard text.count <= Self.lengths.upperBound, text.utf8.count <= Self.bytesMax else {
            throw .weakPassword("A password has at most \(Self.lengths.upperBound) characters.")
        }
        let lower = text.lowercased()
        guard lower != username.text, Set(lower).count > 1 else {
            throw .weakPassword("A password is not the user name, and not one character repeated.")
        }
        guard !Self.commonest.contains(lower) else {
            throw .weakPassword("This password is among those that are tried first. Choose another.")
        }
        self.init(text)
    }

    package var description: String { "***" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(reflecting: description) }

    /// The commonest of eight characters and more in published leaks, in lower case.
    private static let commonest: Set<String> = Set(
        """
        12345678 123456789 1234567890 123123123 87654321 987654321 0987654321 11223344 12341234 1q2w3e4r 1q2w3e4r5t
        1qaz2wsx 1qaz2wsx3edc q1w2e3r4 qwertyui qwertyuiop qwerty123 qwerty12 qwer1234 asdfghjk asdfghjkl asdf1234
        zxcvbnm123 abcd1234 abc12345 a1b2c3d4 aa123456 a12345678 abcdefgh password password1 password12 password123
        passw0rd p@ssw0rd pa$$word passwort passwort1 letmein1 letmein123 welcome1 welcome123 iloveyou iloveyou1
        sunshine princess football baseball basketball superman starwars whatever computer internet trustno1
        michelle jennifer charlie1 dragon123 monkey123 shadow123 master123 admin123 administrator changeme
        secret123 test1234 testtest default1 guest123 qazwsxedc zaq12wsx samsung1 liverpool chocolate butterfly
        """.split(whereSeparator: \.isWhitespace).map(String.init))
}
