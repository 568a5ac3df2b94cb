import TestSupport
import Testing
import ZeroMQ

@Suite("CURVE", .enabled(if: CurveKeyPair.isCurveSupported))
struct CurveTests {
    @Test("Who knows the server's public key reaches it; who does not, does not")
    func keys() async throws {
        let (server, client) = (try CurveKeyPair.generate(), try CurveKeyPair.generate())
        let subscriber = try subscriber(curve: .server(server))
        let known = try ZeroMQPublisher(logger: quiet, curve: .client(client, serverPublicKey: server.publicKey))
        let wrong = try ZeroMQPublisher(logger: quiet, curve: .client(client, serverPublicKey: client.publicKey))
        let plain = try ZeroMQPublisher(logger: quiet)
        for publisher in [known, wrong, plain] { publisher.setEndpoints([subscriber.endpoint]) }
        try await running([subscriber, known, wrong, plain]) {
            let inbox = Inbox(subscriber)
            try await eventually("the known one gets through") {
                wrong.publish(message("wrong"))
                plain.publish(message("plain"))
                known.publish(message("known"))
                return inbox.texts.count >= 20
            }
            #expect(Set(inbox.texts) == ["known"])
        }
    }

    @Test("A key of another length is refused")
    func length() {
        #expect(throws: ZeroMQError.self) { try CurveKeyPair(publicKey: "short", secretKey: "short") }
    }
}
