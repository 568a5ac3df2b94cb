internal import Redis

/// The queue's scripts, one call each. Their keys are BullMQ's; how they are called is private to us.
enum Scripts {
    static func script(_ name: String, _ parts: String...) -> RedisScript {
        RedisScript(name, source: (["-- JobQueue: \(name)"] + parts).joined(separator: "\n"))
    }
}

/// Parts that the scripts share. A script is the parts it needs and a body.
///
/// Every script gets the same keys, and the same first three arguments: what the queue's keys begin with, the time in
/// milliseconds, and `1` if events are to be written. A script runs whole or not at all, and nothing runs beside it.
enum Lua {
    static let keys = #"""
        local waitList, pausedList, activeList, prioritizedSet, priorityCounter, delayedSet, completedSet, failedSet,
            markerSet, stalledSet, stalledGuard, metaHash, eventStream, idCounter = unpack(KEYS)
        local base, now, writesEvents = ARGV[1], tonumber(ARGV[2]), ARGV[3] == "1"
        local call = redis.call

        -- A number without exponent, whatever its size.
        local function plain(number) return string.format("%.0f", number) end

        -- Runs a command with a list of arguments, in slices that Lua's stack can hold.
        local function many(command, key, list)
            for from = 1, #list, 1000 do
                call(command, key, unpack(list, from, math.min(from + 999, #list)))
            end
        end
        """#

    /// The stream that Bull's `QueueEvents` read. It is cut to length once a script, not once an event.
    static let events = #"""
        local function emit(event, id, ...)
            if writesEvents then call("XADD", eventStream, "*", "event", event, "jobId", id, ...) end
        end

        local function trimEvents()
            if not writesEvents then return end
            local length = call("HGET", metaHash, "opts.maxLenEvents")
            if not length then
                length = "10000"
                call("HSET", metaHash, "opts.maxLenEvents", length)
            end
            call("XTRIM", eventStream, "MAXLEN", "~", length)
        end
        """#

    /// Where jobs wait. While the queue is paused they gather in `paused`, from which nobody takes.
    static let waiting = #"""
        local isPaused = call("HEXISTS", metaHash, "paused") == 1
        local target = isPaused and pausedList or waitList

        -- "LPUSH" puts a job behind the others, "RPUSH" before them; one with a priority among those of its priority.
        local function enqueue(push, id, priority)
            priority = tonumber(priority) or 0
            if priority == 0 then
                call(push, target, id)
            else
                local turn = push == "LPUSH" and call("INCR", priorityCounter) % 0x100000000 or 0
                call("ZADD", prioritizedSet, plain(priority * 0x100000000 + turn), id)
            end
        end

        -- Wakes one idle worker.
        local function mark()
            if not isPaused then call("ZADD", markerSet, 0, "0") end
        end
        """#

    /// Jobs for later. A millisecond has 4,096 places, so that jobs due in the same one keep their order.
    static let delaying = #"""
        local function delay(id, due)
            local first = due * 0x1000
            local last = call("ZREVRANGEBYSCORE", delayedSet, plain(first + 0xfff), plain(first),
                "WITHSCORES", "LIMIT", 0, 1)
            local score = last[2] and math.min(tonumber(last[2]) + 1, first + 0xfff) or first
            call("ZADD", delayedSet, plain(score), id)
            emit("delayed", id, "delay", plain(due))
        end

        -- When the next delayed job is due, or 0.
        local function nextDue()
            local first = call("ZRANGE", delayedSet, 0, 0, "WITHSCORES")
            return first[2] and math.floor(tonumber(first[2]) / 0x1000) or 0
        end

        local function markNextDue()
            local due = nextDue()
            if due > 0 then call("ZADD", markerSet, plain(due), "1") end
        end
        """#
}
