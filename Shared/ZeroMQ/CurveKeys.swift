import CLibZMQ

/// A key pair for CURVE, each key as 40 characters of Z85.
package struct CurveKeyPair: Sendable, Equatable {
    package let publicKey: String
    package let secretKey: String

    package init(publicKey: String, secretKey: String) throws(ZeroMQError) {
        guard publicKey.utf8.count == 40, secretKey.utf8.count == 40 else {
            throw .misuse("a CURVE key has 40 characters (Z85)")
        }
        self.publicKey = publicKey
        self.secretKey = secretKey
    }

    package static func generate() throws(ZeroMQError) -> CurveKeyPair {
        var publicKey = [CChar](repeating: 0, count: 41)
        var secretKey = [CChar](repeating: 0, count: 41)
        guard isCurveSupported, zmq_curve_keypair(&publicKey, &secretKey) == 0 else {
            throw .misuse("this build of libzmq has no CURVE")
        }
        return try CurveKeyPair(publicKey: text(publicKey), secretKey: text(secretKey))
    }

    package static var isCurveSupported: Bool { zmq_has("curve") == 1 }

    private static func text(_ characters: [CChar]) -> String {
        String(decoding: characters.prefix(40).map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}

/// Who a socket is to its peers when what passes is to be encrypted.
package enum CurveRole: Sendable {
    /// Binds. Admits whoever knows its public key.
    case server(CurveKeyPair)
    /// Connects, to servers that hold the secret of this public key.
    case client(CurveKeyPair, serverPublicKey: String)
}
