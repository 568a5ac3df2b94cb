import GatewayAPI
import Testing

@Suite("JSON from strangers")
struct JSONBodyTests {
    private struct Body: Decodable {
        struct Part: Decodable {
            var id: String
            var count: Int64?
        }
        var name: String
        var checked: Bool?
        var parts: [Part]?
    }

    @Test(
        "Each mistake is named with its field",
        arguments: [
            (#"{"name":1}"#, "invalid_field", "`name` must be a string"),
            (#"{"name":null}"#, "invalid_field", "`name` must be a string"),
            (#"{}"#, "invalid_field", "`name` is missing"),
            (#"{"name":"x","checked":"yes"}"#, "invalid_field", "`checked` must be true or false"),
            (#"{"name":"x","parts":{}}"#, "invalid_field", "`parts` must be an array"),
            (#"{"name":"x","parts":[{"id":"a"},{"id":2}]}"#, "invalid_field", "`parts[1].id` must be a string"),
            (#"{"name":"x","parts":[{"id":"a","count":1.5}]}"#, "invalid_field", "a number"),
            (#"{"name":"x","parts":[{"id":"a","count":99999999999999999999}]}"#, "invalid_field", "a number"),
            (#"[]"#, "invalid_field", "The body must be an object"), (#"{"name":"#, "malformed", "not JSON"),
            ("", "malformed", "not JSON"), ("\u{0}\u{1}", "malformed", "not JSON"),
        ])
    func mistakes(text: String, code: String, words: String) {
        do {
            _ = try JSONBody.decode(Body.self, from: text.utf8)
            Issue.record("\(text) was taken")
        } catch {
            let refusal = APIError(error)
            #expect(refusal.code.rawValue == code, "\(text): \(refusal.message)")
            #expect(refusal.message.contains(words), "\(text): \(refusal.message)")
        }
    }
}
