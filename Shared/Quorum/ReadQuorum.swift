package import ListCRDT
package import Placement

/// Reads one document from `required` of its home shards, mends those that are behind, then answers.
///
/// Start it with `begin()`, feed it with `handle(_:)`, and after each call carry out every effect it returned, in
/// order. The outcome (`answer` or `leaveUnanswered`) is returned once and is the last effect of all. What the answer
/// says is on `required` home shards when it is given, so every later read meets it: reads are monotonic, and since W
/// + R > N they see every confirmed write.
///
///     asking ───▶ `required` shards have told their contexts, one of them in full: these are the voters
///       ▲           what a voter has beyond the full answer is fetched from it; with that the answer is complete
///       │           whoever is behind the answer is mended (what it lacks of the full answer is fetched from there)
///       │           `required` shards hold it ──▶ answered
///       └─ the full shard failed, or a voter before it gave what it has: vote again, with the next shard asked
///     too few shards left, or the deadline ──▶ unanswered
///
/// Every event is a fact about a shard ("it holds at least this"), so most answers may come late or twice without harm.
/// The one rule for the shell: `mended` is passed on once for each `mend`. A shard that failed is out of this read for
/// good. A value, as `WriteQuorum` is.
package struct ReadQuorum: Sendable {
    package enum Event: Hashable, Sendable {
        /// The shard's whole context, and what the client lacks of the part of the document that it wants.
        case answered(ShardID, context: Context, delta: Delta)
        case context(ShardID, Context)
        /// What this shard has beyond the context it was asked for.
        case missing(ShardID, Delta)
        /// The shard has committed what it was sent to mend it.
        case mended(ShardID)
        case failed(ShardID)
        /// The answer takes longer than 95 of 100 do.
        case hedge
        case deadline
    }

    package enum Effect: Hashable, Sendable {
        /// Answer for the client's context, and for the part of the document that it wants.
        case fetch(ShardID)
        case fetchContext(ShardID)
        case fetchMissing(from: ShardID, since: Context)
        case mend(ShardID, Delta)
        case answer(context: Context, delta: Delta)
        case leaveUnanswered
    }

    /// What is known of one home shard. `holds` only grows, and never beyond what the shard has committed.
    private struct Member {
        let shard: ShardID
        var isAsked = false
        var isAskedInFull = false
        var isFailed = false
        var holds: Context?
        var full: (context: Context, delta: Delta)?
        /// What it will hold, beyond `holds`, when the mend under way is done.
        var mending: Context?
    }

    /// The shards that decide what the answer is, and what has been gathered for it.
    private struct Vote {
        /// The voter whose full answer the answer starts from.
        let base: Int
        let context: Context
        let delta: Delta
        /// Voters that hold what the base lacks: what that is, once they have told.
        var beyond: [(voter: Int, context: Context, delta: Delta?)]
        /// Shards that lack what the base has: what that is, once the base has told.
        var lacking: [(member: Int, since: Context, delta: Delta?)] = []

        var isComplete: Bool { beyond.allSatisfy { $0.delta != nil } }
        var gathered: Context { beyond.reduce(context) { $0.union($1.delta?.context ?? Context()) } }
    }

    private var members: [Member]
    private let required: Int
    private var vote: Vote?
    private var isOver = false

    /// `home`: distinct, in the order in which they are asked: the first in full, as many more as are `required` for
    /// their contexts, the rest when one fails or is slow. `required`: 1 to their number.
    package init(home: [ShardID], required: Int) {
        members = home.map { Member(shard: $0) }
        self.required = required
    }

    package mutating func begin() -> [Effect] { proceed() }

    package mutating func handle(_ event: Event) -> [Effect] {
        if isOver { return [] }
        switch event {
        case .answered(let shard, let context, let delta):
            guard let index = living(shard), members[index].full == nil else { return [] }
            members[index].full = (context, delta)
            members[index].holds = context.union(members[index].holds ?? Context())
        case .context(let shard, let context):
            guard let index = living(shard), members[index].holds == nil else { return [] }
            members[index].holds = context
        case .missing(let shard, let delta):
            guard let index = living(shard) else { return [] }
            keep(delta, from: index)
        case .mended(let shard):
            guard let index = living(shard), let mended = members[index].mending else { return [] }
            members[index].mending = nil
            members[index].holds?.formUnion(mended)
        case .failed(let shard):
            guard let index = living(shard) else { return [] }
            members[index].isFailed = true
            dissolveVote(without: index)
        case .hedge:
            return askNext(inFull: !members.contains { $0.full != nil && !$0.isFailed })
        case .deadline:
            return end(with: .leaveUnanswered)
        }
        return proceed()
    }

    /// From what is known to what is to be done next.
    private mutating func proceed() -> [Effect] {
        guard members.count(where: { !$0.isFailed }) >= required else { return end(with: .leaveUnanswered) }
        var effects = ask()
        if vote == nil { effects += holdVote() }
        guard let vote else { return effects }
        if let answer = answer(from: vote) { return effects + end(with: answer) }
        return effects + fetchLacking() + mend()
    }

    private mutating func end(with outcome: Effect) -> [Effect] {
        isOver = true
        return [outcome]
    }

    private func living(_ shard: ShardID) -> Int? {
        members.firstIndex { $0.shard == shard && !$0.isFailed }
    }

    // MARK: Asking

    /// Has as many living shards asked as are required, one of them in full.
    private mutating func ask() -> [Effect] {
        var effects: [Effect] = []
        while members.count(where: { $0.isAsked && !$0.isFailed }) < required {
            let asked = askNext(inFull: !isFullAnswerComing)
            if asked.isEmpty { break }
            effects += asked
        }
        // All are asked and who was to answer in full has failed: one that told its context is asked again.
        if !isFullAnswerComing, let index = members.firstIndex(where: { !$0.isFailed }) {
            effects.append(ask(index, inFull: true))
        }
        return effects
    }

    private var isFullAnswerComing: Bool {
        members.contains { ($0.isAskedInFull || $0.full != nil) && !$0.isFailed }
    }

    /// One shard more; nothing when all have been asked.
    private mutating func askNext(inFull: Bool) -> [Effect] {
        members.firstIndex { !$0.isAsked && !$0.isFailed }.map { [ask($0, inFull: inFull)] } ?? []
    }

    private mutating func ask(_ index: Int, inFull: Bool) -> Effect {
        members[index].isAsked = true
        if inFull { members[index].isAskedInFull = true }
        return inFull ? .fetch(members[index].shard) : .fetchContext(members[index].shard)
    }

    // MARK: Voting

    /// Once enough is known, settles what the answer starts from and asks the other voters for what they have beyond
    /// it.
    private mutating func holdVote() -> [Effect] {
        guard let base = members.firstIndex(where: { !$0.isFailed && $0.full != nil }),
            let full = members[base].full
        else { return [] }
        let others = members.indices.filter { $0 != base && !members[$0].isFailed && members[$0].holds != nil }
        guard others.count + 1 >= required else { return [] }
        var vote = Vote(base: base, context: full.context, delta: full.delta, beyond: [])
        for other in others.prefix(required - 1) {
            guard let context = members[other].holds, !context.isSubset(of: full.context) else { continue }
            vote.beyond.append((voter: other, context: context, delta: nil))
        }
        self.vote = vote
        return vote.beyond.map { .fetchMissing(from: members[$0.voter].shard, since: full.context) }
    }

    /// What a voter told stays good when it fails; what it has yet to tell, or the base, cannot be done without.
    private mutating func dissolveVote(without failed: Int) {
        guard let vote else { return }
        let owes = vote.beyond.contains { $0.voter == failed && $0.delta == nil }
        if vote.base == failed || owes { self.vote = nil }
    }

    /// Keeps a delta where it is all that was asked for. One that is not belongs to a vote that was dissolved, or
    /// comes from a shard that lost data: to trust it would claim operations that the answer does not hold.
    private mutating func keep(_ delta: Delta, from index: Int) {
        guard var vote, delta.kind == vote.delta.kind else { return }
        let told = delta.context
        if index == vote.base {
            for place in vote.lacking.indices where vote.lacking[place].delta == nil {
                let fills = vote.context.isSubset(of: vote.lacking[place].since.union(told))
                if fills { vote.lacking[place].delta = delta }
            }
        } else if let place = vote.beyond.firstIndex(where: { $0.voter == index && $0.delta == nil }),
            vote.beyond[place].context.isSubset(of: vote.context.union(told))
        {
            vote.beyond[place].delta = delta
            members[index].holds?.formUnion(told)
        }
        self.vote = vote
    }

    // MARK: Mending

    /// Asks the base for what each shard that told its context lacks of the full answer.
    private mutating func fetchLacking() -> [Effect] {
        guard var vote else { return [] }
        var effects: [Effect] = []
        for index in members.indices where !members[index].isFailed {
            guard let holds = members[index].holds, !vote.context.isSubset(of: holds),
                !vote.lacking.contains(where: { $0.member == index })
            else { continue }
            vote.lacking.append((member: index, since: holds, delta: nil))
            effects.append(.fetchMissing(from: members[vote.base].shard, since: holds))
        }
        self.vote = vote
        return effects
    }

    /// Once the answer is complete: sends every shard that told its context what it lacks of it, one mend at a time.
    private mutating func mend() -> [Effect] {
        guard let vote, vote.isComplete else { return [] }
        var effects: [Effect] = []
        for index in members.indices where !members[index].isFailed && members[index].mending == nil {
            guard let holds = members[index].holds, !vote.gathered.isSubset(of: holds) else { continue }
            var delta = Delta(kind: vote.delta.kind)
            if !vote.context.isSubset(of: holds) {
                guard let lacking = vote.lacking.first(where: { $0.member == index })?.delta else { continue }
                delta.merge(lacking)
            }
            for beyond in vote.beyond where beyond.voter != index { beyond.delta.map { _ = delta.merge($0) } }
            members[index].mending = delta.context
            effects.append(.mend(members[index].shard, delta))
        }
        return effects
    }

    /// The answer, when it is complete and on as many shards as are required.
    private func answer(from vote: Vote) -> Effect? {
        guard vote.isComplete else { return nil }
        let context = vote.gathered
        let holders = members.count { !$0.isFailed && $0.holds.map(context.isSubset) ?? false }
        guard holders >= required else { return nil }
        var delta = vote.delta
        for beyond in vote.beyond { beyond.delta.map { _ = delta.merge($0) } }
        return .answer(context: context, delta: delta)
    }
}
