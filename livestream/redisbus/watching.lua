-- Notes how many watch a room in a program and answers how many watch it in all.
-- KEYS[1] is the room's hash of programs, each "number until"; ARGV: program, number, milliseconds it holds.
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
if ARGV[2] == '0' then
  redis.call('HDEL', KEYS[1], ARGV[1])
else
  redis.call('HSET', KEYS[1], ARGV[1], ARGV[2] .. ' ' .. string.format('%.0f', now + ARGV[3]))
  redis.call('PEXPIRE', KEYS[1], ARGV[3])
end
local all = 0
local programs = redis.call('HGETALL', KEYS[1])
for i = 1, #programs, 2 do
  local n, till = string.match(programs[i + 1], '^(%d+) (%d+)$')
  if not n or tonumber(till) < now then
    redis.call('HDEL', KEYS[1], programs[i])
  else
    all = all + tonumber(n)
  end
end
return all
