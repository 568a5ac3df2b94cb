/// What a run measured: figures with their units, peers and goals, by section in the order in which they came, and plots.
struct Report: Sendable, Encodable {
    struct Section: Sendable, Encodable {
        let name: String
        var figures: [Figure] = []
        /// Sentences on what exactly was measured, and how.
        var notes: [String] = []
        var plots: [Plot] = []
    }

    /// Changes when the keys of the JSON do.
    let form = 1
    let machine: Machine
    private(set) var sections: [Section] = []

    init(machine: Machine = Machine()) {
        self.machine = machine
    }

    /// A figure without a value (not finite) is left out.
    mutating func add(
        section: String, label: String, value: Double, unit: String, peer peers: Peer..., goal goals: Goal...
    ) {
        add(section: section, Figure(label: label, value: value, unit: unit, peers: peers, goals: goals))
    }

    mutating func add(section: String, _ figure: Figure) {
        guard figure.value.isFinite else { return }
        sections[index(of: section)].figures.append(figure)
    }

    /// The rate and the usual quantiles of one load, each in a row of its own, the rate with its peer and goals.
    mutating func add(
        section: String, label: String, rate: Double, of what: String, times: Distribution, peer peers: Peer...,
        goal goals: Goal...
    ) {
        add(section: section, Figure(label: label, value: rate, unit: "\(what)/s", peers: peers, goals: goals))
        for (name, share) in [("p50", 0.5), ("p99", 0.99), ("p99.9", 0.999)] {
            add(section: section, label: "\(label), \(name)", value: times.quantile(share), unit: "ms")
        }
    }

    mutating func note(section: String, _ text: String) {
        sections[index(of: section)].notes.append(text)
    }

    mutating func plot(section: String, _ plot: Plot) {
        sections[index(of: section)].plots.append(plot)
    }

    /// A figure measured before, as a peer for a later one.
    func value(section: String, label: String) -> Double? {
        sections.first { $0.name == section }?.figures.first { $0.label == label }?.value
    }

    private mutating func index(of section: String) -> Int {
        if let index = sections.firstIndex(where: { $0.name == section }) { return index }
        sections.append(Section(name: section))
        return sections.count - 1
    }

    private enum CodingKeys: CodingKey { case form, machine, sections }
}

/// One measured number.
struct Figure: Sendable {
    let label: String
    let value: Double
    let unit: String
    let peers: [Peer]
    let goals: [Goal]

    /// Whether all its goals are reached; nil when it has none.
    var isReached: Bool? { goals.isEmpty ? nil : goals.allSatisfy { $0.isReached(by: self) } }

    func ratio(to peer: Peer) -> Double { value / peer.value }
}

/// The same, measured for something else in the same run, in the figure's unit.
struct Peer: Sendable {
    let name: String
    let value: Double

    init(_ name: String, _ value: Double) {
        self.name = name
        self.value = value
    }
}

/// What a figure should be. Goals relative to peers ask for all of the figure's peers.
enum Goal: Sendable, CustomStringConvertible {
    case atLeast(Double), atMost(Double), atLeastOfPeer(Double), atMostOfPeer(Double), lessThanPeer

    func isReached(by figure: Figure) -> Bool {
        let ratios = figure.peers.map(figure.ratio)
        return switch self {
        case .atLeast(let bound): figure.value >= bound
        case .atMost(let bound): figure.value <= bound
        case .atLeastOfPeer(let share): !ratios.isEmpty && ratios.allSatisfy { $0 >= share }
        case .atMostOfPeer(let share): !ratios.isEmpty && ratios.allSatisfy { $0 <= share }
        case .lessThanPeer: !ratios.isEmpty && ratios.allSatisfy { $0 < 1 }
        }
    }

    var description: String {
        switch self {
        case .atLeast(let bound): "≥ \(bound.readable)"
        case .atMost(let bound): "≤ \(bound.readable)"
        case .atLeastOfPeer(let share): "≥ \(share.readable) × peer"
        case .atMostOfPeer(let share): "≤ \(share.readable) × peer"
        case .lessThanPeer: "< peers"
        }
    }
}
