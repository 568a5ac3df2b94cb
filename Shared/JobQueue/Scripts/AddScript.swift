internal import Redis

extension Scripts {
    /// Adds jobs, in their order, and returns their ids.
    ///
    /// Guarantee: each job is in exactly one of `wait`, `paused` and `delayed` with its hash written, and an idle
    /// worker is woken; an id that exists already is returned and changes nothing. Arguments from the 4th, five a job:
    /// own id or "", name, data, options, delay in milliseconds.
    static let add = script(
        "add", Lua.keys, Lua.events, Lua.waiting, Lua.delaying,
        #"""
        local first, width = 4, 5
        local count = (#ARGV - first + 1) / width
        local lastNumber = call("INCRBY", idCounter, count)
        local ids, ready, anyDelayed = {}, {}, false
        for index = 1, count do
            local at = first + (index - 1) * width
            local id, name, data, options, wait = unpack(ARGV, at, at + width - 1)
            local isOwn = id ~= ""
            if not isOwn then id = plain(lastNumber - count + index) end
            ids[index] = id
            if isOwn and call("EXISTS", base .. id) == 1 then
                emit("duplicated", id)
            else
                call("HSET", base .. id, "name", name, "data", data, "opts", options,
                    "timestamp", ARGV[2], "delay", wait, "priority", 0)
                emit("added", id, "name", name)
                if tonumber(wait) > 0 then
                    delay(id, now + tonumber(wait))
                    anyDelayed = true
                else
                    ready[#ready + 1] = id
                    emit("waiting", id)
                end
            end
        end
        if #ready > 0 then
            many("LPUSH", target, ready)
            mark()
        end
        if anyDelayed then markNextDue() end
        trimEvents()
        return ids
        """#)
}
