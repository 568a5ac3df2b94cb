import GatewayAPI
import Testing

@Suite("The coding of an answer")
struct ContentCodingTests {
    @Test(
        "Is the one that the client likes best; among equals br, then gzip",
        arguments: [
            (nil, .identity), ("", .identity), ("gzip, deflate, br", .br), ("gzip", .gzip), ("deflate", .identity),
            ("br;q=0.5, gzip;q=0.8", .gzip), ("br;q=0, gzip", .gzip), ("BR ; Q=1.0", .br), ("*", .br),
            ("*;q=0.1, gzip", .gzip),
            ("identity, br;q=0.9", .identity), ("identity;q=0.5, br;q=0.9", .br), ("gzip;q=0.001, identity;q=0", .gzip),
            ("br;q=x, gzip;q=2", .identity), ("*;q=0", .identity), ("identity;q=0", .identity), (",,;,q=1", .identity),
        ] as [(String?, ContentCoding)])
    func best(header: String?, coding: ContentCoding) {
        #expect(ContentCoding.best(of: ContentCoding.allCases, accepting: header) == coding)
    }

    @Test("Is one that there is")
    func available() {
        #expect(ContentCoding.best(of: [.identity], accepting: "br, gzip") == .identity)
        #expect(ContentCoding.best(of: [.identity, .gzip], accepting: "br, gzip;q=0.2") == .gzip)
    }
}
