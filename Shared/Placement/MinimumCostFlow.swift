/// A network of whole-numbered capacities, and its cheapest maximal flow (successive shortest paths, many at a time:
/// Ford and Fulkerson's primal-dual method). Edges are tried in a fixed order, so the same network gives the same flow.
///
/// Costs are not negative when edges are added. Cost: (distinct path lengths) × (edges + what is pushed × path length).
struct MinimumCostFlow {
    // An edge and its reverse stand side by side at 2k and 2k + 1, so `edge ^ 1` is the other one.
    private var target: [Int] = []
    private var residual: [Int] = []
    private var cost: [Int] = []
    private var following: [Int] = []
    private var leading: [Int]
    private var distance: [Int]
    private var closed: [Bool]
    private let source: Int
    private let sink: Int
    private static let none = -1
    private static let unreachable = Int.max / 2

    init(nodes: Int, source: Int, sink: Int) {
        leading = Array(repeating: Self.none, count: nodes)
        distance = Array(repeating: 0, count: nodes)
        closed = Array(repeating: false, count: nodes)
        self.source = source
        self.sink = sink
    }

    /// Returns the edge's number. Of a node's edges the one added last is tried first.
    @discardableResult
    mutating func addEdge(from: Int, to: Int, capacity: Int, cost: Int = 0) -> Int {
        addHalf(from: from, to: to, residual: capacity, cost: cost)
        addHalf(from: to, to: from, residual: 0, cost: -cost)
        return target.count - 2
    }

    func flow(on edge: Int) -> Int { residual[edge ^ 1] }

    /// Returns the amount that flows.
    mutating func saturate() -> Int {
        var flowing = 0
        while measureDistances() {
            var pushed: Int
            repeat {
                for node in closed.indices { closed[node] = false }
                pushed = push(from: source, atMost: Self.unreachable)
                flowing += pushed
            } while pushed > 0
        }
        return flowing
    }

    private mutating func addHalf(from: Int, to: Int, residual: Int, cost: Int) {
        following.append(leading[from])
        leading[from] = target.count
        target.append(to)
        self.residual.append(residual)
        self.cost.append(cost)
    }

    /// Shortest distances from the source by Bellman and Ford, with a queue; false when the sink is out of reach.
    private mutating func measureDistances() -> Bool {
        for node in distance.indices { distance[node] = Self.unreachable }
        distance[source] = 0
        var queue = [source]
        var isQueued = Array(repeating: false, count: distance.count)
        var next = 0
        while next < queue.count {
            let node = queue[next]
            next += 1
            isQueued[node] = false
            var edge = leading[node]
            while edge != Self.none {
                let candidate = distance[node] + cost[edge]
                if residual[edge] > 0, candidate < distance[target[edge]] {
                    distance[target[edge]] = candidate
                    if !isQueued[target[edge]] { queue.append(target[edge]) }
                    isQueued[target[edge]] = true
                }
                edge = following[edge]
            }
        }
        return distance[sink] < Self.unreachable
    }

    /// Pushes along shortest paths only. A node is closed while it is on the path, and stays so when it leads nowhere.
    private mutating func push(from node: Int, atMost limit: Int) -> Int {
        if node == sink { return limit }
        closed[node] = true
        var pushed = 0
        var edge = leading[node]
        while edge != Self.none, pushed < limit {
            let to = target[edge]
            if residual[edge] > 0, !closed[to], distance[to] == distance[node] + cost[edge] {
                let amount = push(from: to, atMost: min(limit - pushed, residual[edge]))
                residual[edge] -= amount
                residual[edge ^ 1] += amount
                pushed += amount
            }
            edge = following[edge]
        }
        closed[node] = pushed < limit
        return pushed
    }
}
