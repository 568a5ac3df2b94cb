import Accounts
import ListCRDT
import Testing

@Suite("User names and passwords")
struct CredentialTests {
    @Test("Capitals are taken as small letters", arguments: [("Ada", "ada"), ("J.R-1_x", "j.r-1_x"), ("007", "007")])
    func normalised(text: String, expected: String) throws {
        #expect(try Username(text).text == expected)
    }

    @Test(
        "Names outside the rules are refused with a sentence",
        arguments: [
            "", "ab", String(repeating: "a", count: 33), ".ada", "-ada", "_ada", "ada lovelace", "ada@home", "adä",
            "ＡＤＡ", "ada\n", "ada\u{0}", "K\u{212A}K",
        ])
    func refused(text: String) {
        let error = #expect(throws: CredentialError.self) { try Username(text) }
        #expect(error?.code == "invalid_username")
        #expect(error?.message.hasSuffix(".") == true)
    }

    @Test("The bounds themselves are within", arguments: [3, 32])
    func bounds(count: Int) throws {
        #expect(try Username(String(repeating: "a", count: count)).text.count == count)
    }

    @Test(
        "Weak passwords are refused with a sentence",
        arguments: [
            "", "short77", "Ada.Lovelace", "Password123", "qwertyuiop", "aaaaaaaaaaaa",
            String(repeating: "ab", count: 101),
        ])
    func weak(text: String) throws {
        let username = try Username("ada.lovelace")
        let error = #expect(throws: CredentialError.self) { try Password(choosing: text, for: username) }
        #expect(error?.code == "weak_password")
        #expect(error.map { text.isEmpty || !$0.message.contains(text) } == true, "it does not repeat the password")
    }

    @Test(
        "Anything else may be chosen",
        arguments: ["correct horse", "8 chars.", "пароль-мой", "🥕🥦🍅🥔🧅🧄🌶️🫑", String(repeating: "ab", count: 100)])
    func strong(text: String) throws {
        _ = try Password(choosing: text, for: Username("ada"))
    }

    @Test("A password is never printed")
    func hidden() {
        var dumped = ""
        dump(Password("geheim"), to: &dumped)
        #expect(!"\(Password("geheim"))\(String(reflecting: Password("geheim")))\(dumped)".contains("geheim"))
    }
}

@Suite("Ids that follow from names")
struct AccountIDTests {
    @Test("They are 14 bytes of SHA-256 with a domain before it, and an ending that marks them")
    func vectors() throws {
        // printf 'larder.account.ada' | sha256sum; printf 'larder.shelf.' and 16 bytes 00…0f | sha256sum
        #expect(Identifier.accountDocument(try Username("Ada")).hex == "10566aaa232a8f546f3866f6ec7bacc0")
        let user = Identifier(high: 0x0001_0203_0405_0607, low: 0x0809_0A0B_0C0D_0E0F)
        #expect(Identifier.shelfDocument(user).hex == "995d3dfce512798b162db15235eb5e1f")
        #expect(Identifier.shelfDocument(user).isDerived)
        #expect(Identifier.accountDocument(try Username("Ada")).isDerived)
        #expect(!user.isDerived)
    }

    @Test("New users' ids differ")
    func random() {
        #expect(Set((0..<1000).map { _ in Identifier.newUser() }).count == 1000)
    }
}
