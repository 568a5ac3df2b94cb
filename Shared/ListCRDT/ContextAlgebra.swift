/// Contexts as sets. Linear in the runs of both at most, but for a logarithm; with a small one it costs what that
/// holds.
extension Context {
    private static let fewRuns = 4

    package mutating func formUnion(_ other: Context) {
        if runs.isEmpty {
            self = other
        } else if other.runs.count <= Context.fewRuns {
            for run in other.runs { insert(run) }
        } else {
            self = union(other)
        }
    }

    package func union(_ other: Context) -> Context {
        var result = Context()
        var theirs = other.runs[...]
        for run in runs {
            while let next = theirs.first, (next.replica, next.first) < (run.replica, run.first) {
                result.append(next)
                theirs.removeFirst()
            }
            result.append(run)
        }
        for run in theirs { result.append(run) }
        return result
    }

    /// O(its runs · log(the other's)), and what they have in common.
    package func subtracting(_ other: Context) -> Context {
        var result = Context()
        for run in runs {
            var rest = run
            var isSpent = false
            for cut in other.runs[other.firstIndex(reaching: run)...] {
                guard cut.replica == rest.replica, cut.first <= rest.last else { break }
                if cut.first > rest.first {
                    result.append(Run(replica: rest.replica, first: rest.first, last: cut.first - 1))
                }
                isSpent = cut.last >= rest.last
                if isSpent { break }
                rest.first = cut.last + 1
            }
            if !isSpent { result.append(rest) }
        }
        return result
    }

    /// Takes the other's dots away; costs little where that leaves nothing or changes nothing.
    package mutating func subtract(_ other: Context) {
        if isDisjoint(with: other) { return }
        self = runs.allSatisfy(other.containsWhole) ? Context() : subtracting(other)
    }

    package func intersection(_ other: Context) -> Context {
        subtracting(subtracting(other))
    }

    package func isSubset(of other: Context) -> Bool {
        runs.allSatisfy(other.containsWhole)
    }

    package func isDisjoint(with other: Context) -> Bool {
        runs.allSatisfy { run in
            let index = other.firstIndex(reaching: run)
            guard index < other.runs.count else { return true }
            let next = other.runs[index]
            return next.replica != run.replica || next.first > run.last
        }
    }

    /// The part of it that one replica minted.
    package func dots(of replica: ReplicaID) -> Context {
        var result = Context()
        for run in runs where run.replica == replica { result.append(run) }
        return result
    }
}
