internal import Redis

extension Scripts {
    /// Hands in what became of some jobs, and takes the next ones.
    ///
    /// Guarantee: an outcome counts only while its token holds the job's lock, so that of all who ever held the job one
    /// finishes it; a job taken is in `active`, locked, and handed to one caller. What is left waiting wakes another
    /// worker.
    ///
    /// Arguments from the 4th: how many to take · lock's milliseconds · token of what is taken · worker's name · `1` if
    /// an earlier call with this token was not answered: then the jobs it took are handed over, and an outcome that it
    /// has recorded counts as recorded. Then ten an outcome: id, token, what (`completed`, `failed`, `exhausted`,
    /// `delayed`, `waiting`, `released`), attempts made, text (result or reason), stack trace, delay in milliseconds,
    /// and of the finished to keep: how many, how many seconds (each -1: all), priority.
    ///
    /// Returns: a verdict an outcome (1 recorded, -2 nobody holds the lock, -6 another does, -3 not active) · the jobs,
    /// each its id and `Job.takenFields` · 1 if more wait · when the next delayed job is due, or 0.
    static let exchange = script(
        "exchange", Lua.keys, Lua.events, Lua.waiting, Lua.delaying, finishing, taking,
        #"""
        local verdicts = finishAll()
        local jobs = {}
        if isRepeated then recall(jobs) end
        promoteDue()
        if not isPaused then take(tonumber(ARGV[4]) - #jobs, jobs) end
        local more, due = 0, 0
        if call("EXISTS", waitList, prioritizedSet) > 0 then
            more = 1
            mark()
        else
            call("ZREM", markerSet, "0")
            due = nextDue()
            if writesEvents and anyFinished and #jobs == 0 and call("EXISTS", activeList) == 0 then
                call("XADD", eventStream, "*", "event", "drained")
            end
        end
        if isPaused then more = 0 end
        trimEvents()
        return { verdicts, jobs, more, plain(due) }
        """#)

    private static let finishing = #"""
        local lockMilliseconds, token, worker, isRepeated = ARGV[5], ARGV[6], ARGV[7], ARGV[8] == "1"
        local first, width = 9, 10

        local function remove(id)
            local key = base .. id
            call("DEL", key, key .. ":lock", key .. ":logs", key .. ":dependencies", key .. ":processed",
                key .. ":failed", key .. ":unsuccessful")
        end

        -- Removes the finished jobs that are beyond the number or the age to be kept.
        local function trimFinished(set, count, seconds)
            local old = {}
            if count >= 0 then old = call("ZREVRANGE", set, count, count + 999) end
            if #old == 0 and seconds >= 0 then
                old = call("ZRANGEBYSCORE", set, "-inf", plain(now - seconds * 1000), "LIMIT", 0, 1000)
            end
            if #old == 0 then return end
            for _, id in ipairs(old) do remove(id) end
            many("ZREM", set, old)
        end

        local trims, anyFinished = {}, false
        local function finish(id, what, attempts, text, stack, count, seconds)
            anyFinished = true
            local isCompleted = what == "completed"
            local set, field = completedSet, "returnvalue"
            if not isCompleted then set, field = failedSet, "failedReason" end
            if count == "0" then
                remove(id)
            else
                local key = base .. id
                call("HSET", key, "finishedOn", ARGV[2], field, text, "atm", attempts)
                if not isCompleted then
                    call("HSET", key, "stacktrace", stack)
                    call("HDEL", key, "defa")
                end
                call("DEL", key .. ":lock")
                call("ZADD", set, ARGV[2], id)
                if count ~= "-1" or seconds ~= "-1" then
                    trims[set .. count .. "," .. seconds] = { set, tonumber(count), tonumber(seconds) }
                end
            end
            emit(isCompleted and "completed" or "failed", id, field, text, "prev", "active")
            if what == "exhausted" then emit("retries-exhausted", id, "attemptsMade", attempts) end
        end

        local function giveBack(id, what, attempts, text, stack, wait, priority)
            local key = base .. id
            call("DEL", key .. ":lock")
            if what == "released" then
                enqueue("RPUSH", id, priority)
            else
                call("HSET", key, "failedReason", text, "stacktrace", stack, "atm", attempts, "delay", wait)
                if what == "delayed" then return delay(id, now + tonumber(wait)) end
                enqueue("LPUSH", id, priority)
            end
            emit("waiting", id, "prev", "active")
        end

        -- Whether the unanswered call that this one repeats has finished the job already.
        local function isFinished(id, what)
            if what ~= "completed" and what ~= "failed" and what ~= "exhausted" then return false end
            local known = call("HMGET", base .. id, "name", "finishedOn")
            return not known[1] or known[2]
        end

        local function verdict(id, holder, owner, what)
            if holder == owner then return call("LREM", activeList, -1, id) == 1 and 1 or -3 end
            if isRepeated and isFinished(id, what) then return 2 end
            return holder and -6 or -2
        end

        local function finishAll()
            local locks, ids, verdicts, anyDelayed = {}, {}, {}, false
            for at = first, #ARGV, width do locks[#locks + 1] = base .. ARGV[at] .. ":lock" end
            if #locks == 0 then return verdicts end
            local holders = call("MGET", unpack(locks))
            for index, holder in ipairs(holders) do
                local at = first + (index - 1) * width
                local id, owner, what, attempts, text, stack, wait, count, seconds, priority =
                    unpack(ARGV, at, at + width - 1)
                local found = verdict(id, holder, owner, what)
                verdicts[index] = found == 2 and 1 or found
                if found == 1 then
                    ids[#ids + 1] = id
                    if what == "completed" or what == "failed" or what == "exhausted" then
                        finish(id, what, attempts, text, stack, count, seconds)
                    else
                        giveBack(id, what, attempts, text, stack, wait, priority)
                        anyDelayed = anyDelayed or what == "delayed"
                    end
                end
            end
            many("SREM", stalledSet, ids)
            for _, trim in pairs(trims) do trimFinished(unpack(trim)) end
            if anyDelayed then markNextDue() end
            return verdicts
        end
        """#

    private static let taking = #"""
        local function promoteDue()
            local ids = call("ZRANGEBYSCORE", delayedSet, 0, plain((now + 1) * 0x1000 - 1), "LIMIT", 0, 1000)
            if #ids == 0 then return end
            many("ZREM", delayedSet, ids)
            for _, id in ipairs(ids) do
                local job = call("HMGET", base .. id, "name", "priority")
                if job[1] then
                    call("HSET", base .. id, "delay", 0)
                    enqueue("LPUSH", id, job[2])
                    emit("waiting", id, "prev", "delayed")
                end
            end
        end

        local function read(id)
            return call("HMGET", base .. id, "name", "data", "opts", "timestamp", "delay", "priority", "ats", "atm",
                "attemptsMade", "stc", "stacktrace", "defa")
        end

        -- Hands over what an unanswered call with the same token took.
        local function recall(jobs)
            local ids = call("LRANGE", activeList, 0, -1)
            for _, id in ipairs(ids) do
                if call("GET", base .. id .. ":lock") == token then
                    call("PEXPIRE", base .. id .. ":lock", lockMilliseconds)
                    jobs[#jobs + 1] = { id, unpack(read(id), 1, 12) }
                end
            end
        end

        local function takeIDs(count)
            local ids = call("RPOP", waitList, count) or {}
            if #ids < count then
                local prioritized = call("ZPOPMIN", prioritizedSet, count - #ids)
                for index = 1, #prioritized, 2 do ids[#ids + 1] = prioritized[index] end
            end
            return ids
        end

        -- Takes up to `count` jobs, in order. An id whose hash is gone is dropped.
        local function take(count, jobs)
            if count <= 0 then return end
            local taken = {}
            for _, id in ipairs(takeIDs(count)) do
                local job = read(id)
                if job[1] then
                    local key = base .. id
                    call("SET", key .. ":lock", token, "PX", lockMilliseconds)
                    job[7] = plain((tonumber(job[7]) or 0) + 1)
                    call("HSET", key, "processedOn", ARGV[2], "pb", worker, "ats", job[7])
                    emit("active", id, "prev", "waiting")
                    taken[#taken + 1] = id
                    jobs[#jobs + 1] = { id, unpack(job, 1, 12) }
                end
            end
            if #taken > 0 then many("LPUSH", activeList, taken) end
        end
        """#
}
