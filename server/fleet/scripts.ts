/**
 * What happens to a job in Redis, each step whole or not at all: Lua that Redis runs in one piece. The engine of the queue is
 * BullMQ; what is here is what the gallery tells of a job, and that one request is one job.
 *
 * - `job:ID`: a hash of what is known of a job.
 * - `events:ID`: its events, a stream whose entries are `0-1`, `0-2` and so on; `previews:ID`: which of them are previews.
 * - `active:KEY`: the job that waits or runs for a result.
 * - `moved`: queues whose jobs' positions are due to be published; `positioned`: when those of a queue were reported last.
 * - `rate:CLIENT`: how often a client may still ask.
 * - `live`: all jobs that wait or run; `waiting:QUEUE` and `running:QUEUE`: those of a queue.
 *
 * @module
 */
import type { Redis } from "ioredis";

/** How many characters of events are kept of a job: then every other preview gives way. */
const LIMIT = 24_000_000;

/** How long a job can be asked for when it is over, in seconds. */
const MEMORY = 600;

/** How often a job is begun at most: it is given to another worker twice. */
const ATTEMPTS = 3;

/** How long reports of positions are apart for each job that waits, in milliseconds: at most 200 in a second. */
const MILLISECONDS = 5;

/** What the first guess of a job's time is, in seconds. */
const GUESS = 20;

const PRELUDE = `
local function now()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end
local function at(kind, name) return KEYS[1] .. ':' .. kind .. ':' .. name end
local function get(id, field) return redis.call('HGET', at('job', id), field) end
local function set(id, ...) redis.call('HSET', at('job', id), ...) end

local function drop(id, entry, size)
  redis.call('XDEL', at('events', id), '0-' .. entry)
  redis.call('HINCRBY', at('job', id), 'bytes', -size)
end

-- Of progress and of the queue, the last word counts.
local function publish(id, kind, json)
  local last = redis.call('HMGET', at('job', id), 'lastKind', 'lastEntry', 'lastSize')
  if last[1] == kind and (kind == 'progress' or kind == 'queued') then drop(id, last[2], last[3]) end
  local entry = string.sub(redis.call('XADD', at('events', id), '0-*', 'type', kind, 'json', json), 3)
  set(id, 'lastKind', kind, 'lastEntry', entry, 'lastSize', #json)
  local bytes = redis.call('HINCRBY', at('job', id), 'bytes', #json)
  if kind == 'preview' then
    redis.call('RPUSH', at('previews', id), entry .. ' ' .. #json)
    if bytes > ${LIMIT} then
      local previews = redis.call('LRANGE', at('previews', id), 0, -1)
      redis.call('DEL', at('previews', id))
      for i, preview in ipairs(previews) do
        if (#previews - i) % 2 == 1 then drop(id, string.match(preview, '(%d+) (%d+)'))
        else redis.call('RPUSH', at('previews', id), preview) end
      end
    end
  end
  redis.call('PUBLISH', at('news', id), entry)
  return tonumber(entry)
end

-- Reports to all jobs that wait in a queue where they are; with only, to that one alone, which has just come to the end of it.
-- What is reported grows with the square of how many wait: more than so much in a second is put off until galleries look again.
local function positions(queue, only)
  local waiting = redis.call('ZRANGE', at('waiting', queue), 0, -1)
  if #waiting == 0 then return end
  if not only then
    local last = tonumber(redis.call('HGET', KEYS[1] .. ':positioned', queue) or 0)
    if now() - last < ${MILLISECONDS} * #waiting then return redis.call('SADD', KEYS[1] .. ':moved', queue) end
    redis.call('HSET', KEYS[1] .. ':positioned', queue, now())
    redis.call('SREM', KEYS[1] .. ':moved', queue)
  end
  local seconds = 0
  for _, id in ipairs(redis.call('SMEMBERS', at('running', queue))) do
    local job = redis.call('HMGET', at('job', id), 'remaining', 'expected', 'started')
    local guess = tonumber(job[2] or 0) - (now() - tonumber(job[3] or 0)) / 1000
    seconds = seconds + (tonumber(job[1]) or math.max(0, guess))
  end
  local slots = math.max(1, tonumber(redis.call('HGET', KEYS[1] .. ':slots', queue) or 1))
  for i, id in ipairs(waiting) do
    local wait = math.floor(seconds / slots + 0.5)
    if not only or id == only then
      set(id, 'wait', wait)
      publish(id, 'queued', cjson.encode({ type = 'queued', position = i, wait = wait }))
    end
    seconds = seconds + tonumber(get(id, 'expected') or 0)
  end
end

-- kept: its result was there before it began, so that this was no run.
local function finish(id, state, json, kept)
  local job = redis.call('HMGET', at('job', id), 'queue', 'key', 'section', 'started', 'host', 'models')
  local queue = job[1]
  redis.call('SREM', KEYS[1] .. ':live', id)
  local waited = redis.call('ZREM', at('waiting', queue), id) == 1
  redis.call('SREM', at('running', queue), id)
  if redis.call('GET', at('active', job[2])) == id then redis.call('DEL', at('active', job[2])) end
  publish(id, state, json)
  set(id, 'state', state, 'outcome', json)
  for _, kind in ipairs({ 'job', 'events', 'previews' }) do redis.call('EXPIRE', at(kind, id), ${MEMORY}) end
  redis.call('HINCRBY', KEYS[1] .. ':ended', state, 1)
  if job[4] and not kept then
    local seconds = (now() - job[4]) / 1000
    redis.call('HINCRBYFLOAT', KEYS[1] .. ':seconds', job[3], seconds)
    redis.call('HINCRBY', KEYS[1] .. ':runs', cjson.encode({ job[3], job[6], job[5] or '', state }), 1)
    if state == 'done' then
      local before = tonumber(redis.call('HGET', KEYS[1] .. ':typical', job[3]) or seconds)
      redis.call('HSET', KEYS[1] .. ':typical', job[3], (before + seconds) / 2)
    end
  end
  -- When one that ran is over, the next one begins, which reports them; else galleries do when they look again.
  if waited then positions(queue) else redis.call('SADD', KEYS[1] .. ':moved', queue) end
end
`;

/** Each script with what it takes after the prefix of all keys. */
const scripts = {
  /** id, key, queue, slots, limit, section, request, models: the job that runs for this key (perhaps another), and how many wait; empty id if too many. */
  fleetStart: `
    local id, key, queue, slots, limit = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5])
    local same = redis.call('GET', at('active', key))
    local state = same and get(same, 'state')
    if state == 'queued' or state == 'running' then
      set(same, 'seen', now())
      return { same, 0 }
    end
    local idle = math.max(0, slots - redis.call('SCARD', at('running', queue)))
    local waiting = redis.call('ZCARD', at('waiting', queue))
    if waiting - idle >= limit then return { '', waiting } end
    local expected = redis.call('HGET', KEYS[1] .. ':typical', ARGV[6]) or ${GUESS}
    redis.call('HSET', KEYS[1] .. ':slots', queue, slots)
    redis.call('SET', at('active', key), id)
    redis.call('SADD', KEYS[1] .. ':live', id)
    redis.call('ZADD', at('waiting', queue), redis.call('INCR', KEYS[1] .. ':turn'), id)
    set(id, 'key', key, 'queue', queue, 'section', ARGV[6], 'request', ARGV[7], 'models', ARGV[8], 'state', 'queued', 'expected', expected,
      'created', now(), 'seen', now(), 'attempts', 0, 'bytes', 0)
    positions(queue, id)
    return { id, waiting + 1 }`,
  /** id, worker, its host, a name of this call: how often it was begun, and the request; 0 if it is not to be run. */
  fleetBegin: `
    local id = ARGV[1]
    local job = redis.call('HMGET', at('job', id), 'state', 'cancel', 'queue', 'request', 'created', 'call', 'attempts')
    -- What got no answer because the connection broke is asked again by the client.
    if job[6] == ARGV[4] and job[1] == 'running' then return { tonumber(job[7]), job[4] } end
    if job[1] ~= 'queued' and job[1] ~= 'running' then return { 0 } end
    if job[2] then
      finish(id, 'cancelled', '{"type":"cancelled"}')
      return { 0 }
    end
    local attempt = redis.call('HINCRBY', at('job', id), 'attempts', 1)
    if attempt > ${ATTEMPTS} then
      finish(id, 'failed', '{"type":"failed","message":"${ATTEMPTS} workers were lost while they computed this: it is not tried again."}')
      return { 0 }
    end
    redis.call('ZREM', at('waiting', job[3]), id)
    redis.call('SADD', at('running', job[3]), id)
    redis.call('HDEL', at('job', id), 'remaining')
    set(id, 'state', 'running', 'started', now(), 'worker', ARGV[2], 'host', ARGV[3], 'call', ARGV[4], 'published', 0)
    -- One that was handed back is at its first attempt once more.
    local begun = redis.call('HINCRBY', at('job', id), 'begun', 1)
    if begun == 1 then
      redis.call('HINCRBYFLOAT', KEYS[1] .. ':waits', 'seconds', (now() - job[5]) / 1000)
      redis.call('HINCRBY', KEYS[1] .. ':waits', 'jobs', 1)
    end
    if begun > 1 then
      -- The events of an attempt that failed are no part of the result's history.
      redis.call('XTRIM', at('events', id), 'MAXLEN', 0)
      redis.call('DEL', at('previews', id))
      redis.call('HDEL', at('job', id), 'lastKind')
      set(id, 'bytes', 0)
    end
    publish(id, 'started', '{"type":"started"}')
    positions(job[3])
    return { attempt, job[4] }`,
  /** id, attempt, the event's number in it, kind, json, remaining seconds or nothing: whether the job is still this attempt's. */
  fleetPublish: `
    local job = redis.call('HMGET', at('job', ARGV[1]), 'state', 'attempts', 'published')
    if job[1] ~= 'running' or job[2] ~= ARGV[2] then return 0 end
    if tonumber(job[3]) >= tonumber(ARGV[3]) then return 1 end
    set(ARGV[1], 'published', ARGV[3])
    if ARGV[6] ~= '' then set(ARGV[1], 'remaining', ARGV[6]) end
    publish(ARGV[1], ARGV[4], ARGV[5])
    return 1`,
  /** id, attempt or nothing for any, state, json, 1 if there was nothing to run: whether it ended by this. */
  fleetFinish: `
    local job = redis.call('HMGET', at('job', ARGV[1]), 'state', 'attempts')
    if job[1] ~= 'running' and job[1] ~= 'queued' then return 0 end
    if ARGV[2] ~= '' and job[2] ~= ARGV[2] then return 0 end
    finish(ARGV[1], ARGV[3], ARGV[4], ARGV[5] == '1')
    return 1`,
  /** id, attempt, 1 to let it share no process: puts a job back to the front of its queue, as if it had not been begun. */
  fleetHandBack: `
    local job = redis.call('HMGET', at('job', ARGV[1]), 'state', 'attempts', 'queue')
    if job[1] ~= 'running' or job[2] ~= ARGV[2] then return 0 end
    redis.call('HINCRBY', at('job', ARGV[1]), 'attempts', -1)
    redis.call('SREM', at('running', job[3]), ARGV[1])
    redis.call('ZADD', at('waiting', job[3]), 0, ARGV[1])
    redis.call('HDEL', at('job', ARGV[1]), 'started', 'remaining')
    set(ARGV[1], 'state', 'queued')
    if ARGV[3] == '1' then set(ARGV[1], 'alone', 1) end
    positions(job[3])
    return 1`,
  /** id: what it was, queued or running; nothing if it is over. One that runs ends when its worker hears of it. */
  fleetCancel: `
    local state = get(ARGV[1], 'state')
    if state == 'queued' then finish(ARGV[1], 'cancelled', '{"type":"cancelled"}')
    elseif state == 'running' then
      set(ARGV[1], 'cancel', 1)
      redis.call('PUBLISH', KEYS[1] .. ':cancel', ARGV[1])
    else return '' end
    return state`,
  /** id: somebody looks at it. */
  fleetTouch: `
    if get(ARGV[1], 'state') then set(ARGV[1], 'seen', now()) end
    return 1`,
  /** client, how often in a minute, how often at once: 0 if it may, else the seconds until it may. */
  fleetTake: `
    local name, perMinute, burst = at('rate', ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
    local bucket = redis.call('HMGET', name, 'tokens', 'at')
    local time = now()
    local tokens = math.min(burst, tonumber(bucket[1] or burst) + math.max(0, time - tonumber(bucket[2] or time)) * perMinute / 60000)
    if tokens < 1 then return math.ceil((1 - tokens) * 60 / perMinute) end
    redis.call('HSET', name, 'tokens', string.format('%.6f', tokens - 1), 'at', time)
    -- One that is full says nothing.
    redis.call('PEXPIRE', name, math.ceil((burst - tokens + 1) * 60000 / perMinute))
    return 0`,
  /** milliseconds unwatched, milliseconds of a job: those that are to be cancelled; and the queue and worker of each that lives. */
  fleetLive: `
    local jobs = {}
    for _, queue in ipairs(redis.call('SMEMBERS', KEYS[1] .. ':moved')) do
      positions(queue)
      if redis.call('EXISTS', at('waiting', queue)) == 0 then redis.call('SREM', KEYS[1] .. ':moved', queue) end
    end
    for _, id in ipairs(redis.call('SMEMBERS', KEYS[1] .. ':live')) do
      local job = redis.call('HMGET', at('job', id), 'state', 'queue', 'worker', 'seen', 'started', 'created', 'cancel')
      if not job[1] then redis.call('SREM', KEYS[1] .. ':live', id)
      else
        local time = now()
        local late = time - job[4] > tonumber(ARGV[1]) or (job[5] and time - job[5] > tonumber(ARGV[2]))
        table.insert(jobs, { id, job[1], job[2], job[3] or '', (late and not job[7]) and 1 or 0, time - job[6] })
      end
    end
    return jobs`,
} as const;

type ScriptName = keyof typeof scripts;

/** A connection that has the scripts. */
export type FleetRedis =
  & Redis
  & { readonly [Name in ScriptName]: (prefix: string, ...args: (string | number)[]) => Promise<unknown> };

/** Makes the scripts known to a connection. */
export function withScripts(redis: Redis): FleetRedis {
  for (const [name, lua] of Object.entries(scripts)) {
    redis.defineCommand(name, { numberOfKeys: 1, lua: PRELUDE + lua });
  }
  return redis as FleetRedis;
}
