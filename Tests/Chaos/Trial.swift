internal import ListCRDT
internal import TestStack
internal import TestSupport

/// One fault under load, and what the checker said afterwards.
package struct Trial: Sendable, Codable {
    package let fault: String
    /// Why it was left out.
    package var skipped: String?
    package var evidence: String?
    /// From the injection to the healing, and from the first edit to the last check.
    package var downMilliseconds = 0
    package var wholeMilliseconds = 0
    package var acknowledged = 0
    package var lost = 0
    /// From the healing until half of the devices were acknowledged again; nil: they never were.
    package var recoveredMilliseconds: Int?
    package var longestPauseMilliseconds = 0
    /// From the last edit until all devices had all, and from then until all homes were alike.
    package var settledMilliseconds = 0
    package var mendedMilliseconds = 0
    package var violations: [String] = []

    package var isWell: Bool { violations.isEmpty }

    init(_ fault: String) { self.fault = fault }
}

/// Tries faults one after the other over one stage, and holds what came of them against the whole history.
package actor Inspector {
    package struct Patience: Sendable {
        /// As many edits as are made in this time are acknowledged before the fault, and as many new ones after the healing.
        package var before = Duration.seconds(3)
        package var after = Duration.seconds(4)
        package var settling = Duration.seconds(60)
        package var mending = Duration.seconds(30)

        package init() {}

        /// For a round of which much is not asked.
        package static var brief: Patience {
            var patience = Patience()
            patience.before = .seconds(1)
            patience.after = .seconds(3)
            return patience
        }
    }

    /// Of each kind.
    private static let examplesMax = 2

    private let stage: Stage
    private let patience: Patience
    private var histories: [DocumentID: ListHistory]

    package init(_ stage: Stage, patience: Patience = Patience()) {
        self.stage = stage
        self.patience = patience
        histories = Dictionary(
            stage.lists.enumerated().map { ($1, ListHistory(name: "list \($0)")) }, uniquingKeysWith: { $1 })
    }

    package func attempt(_ fault: Fault) async throws -> Trial {
        var trial = Trial(fault.name)
        if let obstacle = fault.obstacle {
            trial.skipped = obstacle
            return trial
        }
        let started = ContinuousClock.now
        let before = Fault.Before(stage)
        await stage.setEditing(true)
        var violations = await work(for: patience.before)
        let injected = ContinuousClock.now
        do {
            try await fault.inject(stage)
            try await Task.sleep(for: fault.duration)
        } catch { violations.append(.unsettled("the fault could not be made: \(error)")) }
        let healed = ContinuousClock.now
        do { try await fault.heal(stage) } catch { violations.append(.unsettled("it could not be healed: \(error)")) }
        let heard = stage.watch.changeCount
        violations += await work(for: patience.after)
        do {
            try await eventually(within: patience.settling, "an edit comes live") { stage.watch.changeCount > heard }
        } catch { violations.append(.unsettled("\(error)")) }
        await stage.setEditing(false)
        trial.evidence = await fault.evidence(stage, before)
        if trial.evidence == nil { violations.append(.unsettled("nothing shows that the fault happened")) }
        violations += try await settleAndCheck(&trial)
        let recovery = stage.pulse.recovery(injected: injected, healed: healed, devices: stage.devices.count)
        trial.recoveredMilliseconds = recovery.recoveredAfter
        trial.longestPauseMilliseconds = recovery.longestPause
        trial.downMilliseconds = Pulse.milliseconds(injected.duration(to: healed))
        trial.wholeMilliseconds = Pulse.milliseconds(started.duration(to: .now))
        trial.acknowledged = stage.pulse.counts.acknowledged - before.counts.acknowledged
        note(violations, in: &trial)
        return trial
    }

    /// Waits until as many edits are acknowledged, beyond those made already, as are made in a time; returns what is wrong when it takes
    /// too long.
    private func work(for time: Duration) async -> [Violation] {
        var made = stage.pulse.counts.acknowledged
        for device in stage.devices { made += await device.pending }
        let goal = made + Int(stage.layout.editsPerSecond * (time / .seconds(1)))
        do {
            try await eventually(within: time + patience.settling, every: .milliseconds(50), "devices go on editing") {
                stage.pulse.counts.acknowledged >= goal
            }
            return []
        } catch { return [.unsettled("\(error)")] }
    }

    private func note(_ violations: [Violation], in trial: inout Trial) {
        var lost = Context()
        for violation in violations { lost.formUnion(violation.lost) }
        trial.lost = Int(clamping: lost.dotCount)
        trial.violations = Dictionary(grouping: violations, by: \.kind).sorted { $0.key < $1.key }.flatMap {
            kind, alike in
            alike.prefix(Self.examplesMax).map(\.description)
                + (alike.count > Self.examplesMax ? ["\(kind): \(alike.count - Self.examplesMax) more"] : [])
        }
    }

    private func settleAndCheck(_ trial: inout Trial) async throws -> [Violation] {
        let stopped = ContinuousClock.now
        var violations: [Violation] = []
        if let trouble = await stage.settle(within: patience.settling) { violations.append(.unsettled(trouble)) }
        let settled = ContinuousClock.now
        trial.settledMilliseconds = Pulse.milliseconds(stopped.duration(to: settled))
        for name in stage.layout.stack.services {
            do { try await stage.stack.awaitReady(name) } catch { violations.append(.unsettled("\(error)")) }
        }
        let homes = await stage.awaitAlike(within: patience.mending) ?? [:]
        trial.mendedMilliseconds = Pulse.milliseconds(settled.duration(to: .now))
        for device in stage.devices {
            for (list, operations) in await device.takeReports() { histories[list]?.add(operations) }
            violations += await device.takeViolations()
        }
        violations += stage.pulse.takeViolations()
        let copies = await stage.deviceCopies()
        for list in stage.lists {
            guard let history = histories[list] else { continue }
            let all = (copies[list] ?? []) + (homes[list] ?? [])
            if !Stage.areAlike(homes[list] ?? []) {
                violations.append(.unsettled("the homes of \(history.name) are not three that are alike"))
            }
            violations += Checker(history).violations(of: all)
        }
        return violations
    }
}
