internal import Redis

extension Scripts {
    /// Makes locks last longer.
    ///
    /// Guarantee: only a lock that its token holds is renewed, and its job no longer counts as perhaps stalled.
    /// Arguments from the 4th: lock's milliseconds, then two a job: id, token. Returns the ids whose lock is lost.
    static let renew = script(
        "renew", Lua.keys,
        #"""
        local kept, lost = {}, {}
        for at = 5, #ARGV, 2 do
            local id, lock = ARGV[at], base .. ARGV[at] .. ":lock"
            if call("GET", lock) == ARGV[at + 1] then
                call("PEXPIRE", lock, ARGV[4])
                kept[#kept + 1] = id
            else
                lost[#lost + 1] = id
            end
        end
        many("SREM", stalledSet, kept)
        return lost
        """#)

    /// Puts back jobs whose worker is gone: those that were active at the last check and whose lock has run out.
    ///
    /// Guarantee: one check an interval, whoever asks; a job goes back in front, with its stalls counted. One that
    /// stalled too often is marked (`defa`), and fails at once when it is next taken. Arguments from the 4th: interval
    /// in milliseconds, how often a job may stall. Returns the ids put back.
    static let recover = script(
        "recover", Lua.keys, Lua.events, Lua.waiting,
        #"""
        local recovered = {}
        if not call("SET", stalledGuard, ARGV[2], "PX", ARGV[4], "NX") then return recovered end
        for _, id in ipairs(call("SMEMBERS", stalledSet)) do
            local key = base .. id
            if call("EXISTS", key .. ":lock") == 0 and call("LREM", activeList, 1, id) == 1
                and call("EXISTS", key) == 1 then
                if call("HINCRBY", key, "stc", 1) > tonumber(ARGV[5]) then
                    call("HSET", key, "defa", "job stalled more than allowable limit")
                end
                call("RPUSH", target, id)
                emit("waiting", id, "prev", "active")
                emit("stalled", id)
                recovered[#recovered + 1] = id
            end
        end
        call("DEL", stalledSet)
        many("SADD", stalledSet, call("LRANGE", activeList, 0, -1))
        if #recovered > 0 then mark() end
        trimEvents()
        return recovered
        """#)

    /// Lets failed jobs run again, with all their attempts, behind those that wait.
    ///
    /// Guarantee: a job leaves `failed` and waits, or nothing changes. Arguments from the 4th: ids.
    /// Returns the ids that were failed and now wait.
    static let revive = script(
        "revive", Lua.keys, Lua.events, Lua.waiting,
        #"""
        local revived = {}
        for at = 4, #ARGV do
            local id = ARGV[at]
            if call("ZREM", failedSet, id) == 1 then
                call("HDEL", base .. id, "finishedOn", "processedOn", "failedReason", "atm", "ats", "stc", "defa")
                enqueue("LPUSH", id, call("HGET", base .. id, "priority"))
                emit("waiting", id, "prev", "failed")
                revived[#revived + 1] = id
            end
        end
        if #revived > 0 then mark() end
        trimEvents()
        return revived
        """#)
}
