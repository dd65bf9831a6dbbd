"""What telemap promises, as checks; `docs/explanation/delivery.md` names each of them."""

from __future__ import annotations

import base64
import json
import math
import re
from collections import Counter
from typing import TYPE_CHECKING

from simulation.gateways import SENT_AGAIN, Pushgateway
from simulation.truth import EVENTS, add

if TYPE_CHECKING:
    from simulation.gateways import Outside
    from simulation.platform import Invocation
    from simulation.process import Process
    from simulation.truth import Ledger

_SLACK = 0.005
_STEPS_OF_A_WAIT = 400
"""Looks at the clock that telemap may need for what it does when a wait is over, on a machine where each takes time."""

_ASK_EARLY = 0.05
_LATEST_REPORT = 0.4
_LATEST_POST = 0.08
_LATEST_EXIT = 1.9
_LATE_ANSWER = 1.3
_HURRY = 1.4
_SLOW = 0.001
_MAX_SERIES = 20
_NOT_ACKNOWLEDGED = re.compile(r"the last push was not acknowledged: (\d+) events may be lost")


def slack_of(process: Process) -> float:
    """Return how much later than promised something may be, because the processor is slow."""
    return _SLACK + _STEPS_OF_A_WAIT * process.setup.processor_step


def check_hold(process: Process, invocation: Invocation) -> list[str]:
    """HOLD: the next event is asked for within the hold, and before the deadline."""
    setup, hub = process.setup, process.hub
    if process.refused_at >= invocation.began or (process.clock_stepped and setup.processor_step):
        return []
    done_at = invocation.done_at
    if process.clock_stepped:  # then it counts when the end was told, not what time that said
        done_at = max(done_at, process.told_done.get(invocation.id, 0.0))
    late = slack_of(process) + hub.frozen_seconds - invocation.frozen_before
    deadline = invocation.began + invocation.limit - _ASK_EARLY
    wrong = []
    if hub.now > deadline + late:
        wrong.append(f"HOLD: {invocation.id} is held until {hub.now - invocation.began:.3f} s, near its deadline")
    if setup.hold == 0:
        latest = invocation.began
    elif setup.flush == "invoke":
        latest = max(done_at, invocation.began + process.longest) + setup.hold
    elif invocation.id in process.told_done:
        told = process.told_done[invocation.id]
        latest = max(done_at + setup.hold, told)
        latest = max(latest, invocation.began + process.longest + setup.hold)
    elif process.knows_of_missing_end and process.broken_at < 0:
        latest = max(done_at, invocation.began + process.longest) + setup.hold
    else:
        latest = deadline
    if process.broken_at >= invocation.began:  # it may have told of the end
        latest = max(latest, process.broken_at + setup.hold)
    if (invocation.done_at or setup.hold == 0) and hub.now > latest + late:
        wrong.append(f"HOLD: {invocation.id} is held for {hub.now - latest:.3f} s longer than it may be")
    return wrong


def check_fresh(process: Process, invocation: Invocation) -> list[str]:
    """FRESH: an invocation pushes what came before it, unless that would come too soon or hold it."""
    setup, ledger, hub = process.setup, process.ledger, process.hub
    may_wait = setup.batch_size or setup.hold < 0.05 or setup.processor_step or invocation.limit < 2.0
    troubled = ledger.trouble or process.clock_stepped or process.refused_at >= invocation.began
    stalled = hub.frozen_seconds > invocation.frozen_before
    if may_wait or troubled or stalled or setup.start == "snap-start" or not ledger.told_at:
        return []
    if invocation.is_met and invocation.in_flight_before:  # a push is waited for once
        return []
    if invocation.in_flight_before > invocation.began + 0.01 or invocation.began - ledger.told_at < setup.push_interval:
        return []
    if invocation.events_before > 0 and len(ledger.pushes) == invocation.pushes_before:
        return [f"FRESH: {invocation.id} pushes nothing, although {invocation.events_before} events wait"]
    return []


def check_pending(process: Process) -> list[str]:
    """BOUNDED: what waits to be applied is bounded."""
    pending = process.life.inbox.pending
    return [f"BOUNDED: {pending} bytes wait"] if pending > process.setup.pending_bytes else []


def check_refused(process: Process, *, has_last_report: bool) -> list[str]:
    """LAST REPORT: a process that is shut down waits for its last report."""
    after = process.hub.now - process.shutdown_at
    if not process.shutdown_at or process.was_killed or process.setup.processor_step or process.clock_stepped:
        return []
    if process.setup.start == "snap-start" and not process.invoked:
        return []
    limit = _LATEST_REPORT if process.report_due else 0.0
    if has_last_report and process.invoked and after < limit:
        return [f"LAST REPORT: telemap ends before its last report comes, {after:.3f} s after SHUTDOWN"]
    if not process.invoked and process.setup.start == "on-demand" and after < _LATEST_POST:
        return [f"LAST REPORT: telemap ends before its last post comes, {after:.3f} s after SHUTDOWN"]
    return []


def check_end(process: Process, outside: Outside, said: str) -> list[str]:
    """Check what holds at the end of a process."""
    wrong: list[str] = []
    series = sum(len(family.cells) for family in process.life.store.families)
    if series > _MAX_SERIES:
        wrong.append(f"BOUNDED: {series} series")
    if process.was_killed:
        return wrong
    exit_after = process.ended_at - process.shutdown_at
    if exit_after > _LATEST_EXIT + slack_of(process):
        wrong.append(f"EXIT: telemap ends {exit_after:.3f} s after SHUTDOWN")
    if process.setup.start == "snap-start" and not process.invoked:
        return wrong
    wrong += _check_counts(process)
    wrong += _check_silence(process, said)
    wrong += _check_last_word(process, outside)
    return wrong


def _check_counts(process: Process) -> list[str]:
    """ADDS UP: the events that came are those that were applied and those that were dropped, by reason."""
    counts, ledger, dropped = process.life.store.counts, process.ledger, process.life.inbox.dropped
    if dropped:
        return []
    applied, left_out = sum(counts.events.values()), sum(counts.dropped.values())
    came = ledger.occurrences + ledger.broken
    if applied + left_out != came:
        return [f"ADDS UP: {came} events came, {applied} were applied and {left_out} dropped: {counts.dropped}"]
    return []


def _check_silence(process: Process, said: str) -> list[str]:
    """NOTHING LOST: what was taken from Lambda is at the gateway, or the log says that it may not be."""
    missing = process.ledger.missing()
    dropped = process.life.inbox.dropped
    number = sum(value for name, value in missing.items() if name.startswith(EVENTS)) - dropped
    has_uncounted = dropped and process.broken_at >= 0  # a piece counts as one event, however many it holds
    if number <= 0 or has_uncounted or "did not confirm in time that the group is deleted" in said:
        return []
    warned = [int(match) for match in _NOT_ACKNOWLEDGED.findall(said)]
    was_hurried = process.ended_at - process.shutdown_at > _HURRY
    if not (was_hurried or process.ledger.trouble or process.ledger.given_up or process.ledger.is_waiting):
        return [f"NOTHING LOST: {number:g} events are not at the gateway, which never failed: {missing}"]
    if not warned:
        return [f"NOTHING LOST: {number:g} events are lost in silence: {missing}"]
    if warned[-1] < number:
        return [f"NOTHING LOST: {number:g} events are lost, and the log says {warned[-1]}"]
    return []


def _check_last_word(process: Process, outside: Outside) -> list[str]:
    """LAST WORD: no push that was given up stays over a later one, if its answer comes before the sandbox ends."""
    if outside.receiver.adds_up or outside.receiver.keeps_samples or process.setup.processor_step > _SLOW:
        return []
    pushes = [push for push in process.ledger.pushes if not push.own]
    told = [
        push for push in pushes if 200 <= outside.answered.get(push.number, 0) < 300 and push.number in outside.applied
    ]
    if not told:
        return []
    last = max(told, key=lambda push: push.number)
    newest = outside.last_applied[last.group]
    due = outside.due.get(newest, math.inf)
    was_honest = outside.applied_at[newest] <= due  # others answer before they apply
    if any(push.began >= due for push in pushes):  # it tried to put that right
        return []
    if newest < last.number and was_honest and due < process.shutdown_at + _LATE_ANSWER:
        return [f"LAST WORD: push {newest} stays over push {last.number}"]
    return []


def check_outside(processes: list[tuple[Ledger, str]], outside: Outside) -> list[str]:
    """NEVER MORE: what the gateway has is never more than the truth, but for what the log says may be doubled."""
    most: dict[str, float] = {}
    ledgers = [ledger for ledger, _ in processes]
    for ledger, said in processes:
        for counts in (ledger.truth, ledger.doubtful):
            add(most, counts)
        if outside.receiver.adds_up and SENT_AGAIN in said:
            for push in ledger.pushes:
                status = outside.answered.get(push.number, 0)
                if push.number in ledger.given_up or not (200 <= status < 300 or status in {400, 422}):
                    add(most, outside.applied.get(push.number, {}))
    if isinstance(outside.receiver, Pushgateway):
        for ledger in ledgers:
            for group, left in ledger.left_behind.items():
                there = outside.receiver.groups.get(group, {})
                add(most, {name: max(0.0, value - left.get(name, 0.0)) for name, value in there.items()})
    elif not outside.receiver.adds_up and any(ledger.left_behind for ledger in ledgers):
        return []
    return [
        f"NEVER MORE: the gateway has {value:g} of {name}, and the truth is {most.get(name, 0.0):g}"
        for name, value in outside.receiver.totals().items()
        if value > most.get(name, 0.0)
    ]


def check_log(said: str, ledgers: list[Ledger], outside: Outside) -> list[str]:
    """LOG: no secret, no repetition, no fault of telemap's own."""
    if not said:
        return []
    wrong = []
    secrets = {
        form for secret in outside.secrets for form in (secret, base64.b64encode(f"lambda:{secret}".encode()).decode())
    }
    wrong += [f"LOG: a secret is shown: {line}" for line in said.splitlines() if any(one in line for one in secrets)]
    messages = [json.loads(line) for line in said.splitlines()]
    wrong += [f"LOG: {one['message']}" for one in messages if one["level"] == "error"]
    answers = [200 <= outside.answered[number] < 300 for number in sorted(outside.answered)]
    outages = sum(1 for before, after in zip([True, *answers], answers, strict=False) if before and not after)
    outages += sum(len(ledger.given_up) for ledger in ledgers)
    if outside.receiver.keeps_samples:  # what it has refused for good is settled, and a failure after that is another
        outages += len(answers) - sum(answers)
    for message, times in Counter(one["message"].split(":")[0] for one in messages).items():
        if times > outages + 1 + outside.processes:
            wrong.append(f"LOG: said {times} times: {message}")
    return wrong
