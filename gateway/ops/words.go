package ops

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// workers names who does the work, in the plural.
func workers(w Work) string {
	switch w.Name {
	case "bot":
		return "The bot workers"
	case "history":
		return "The history workers"
	case "timers":
		return "The escalation workers’ timers"
	default:
		return "The escalation workers"
	}
}

// waitingIn says how much waits, and where, if it is in one stream only.
func waitingIn(w Work) string {
	where := ""
	if len(w.Streams) == 1 && w.Waiting > 1 {
		for name := range w.Streams {
			where = ", all in " + name
		}
	}
	switch w.Name {
	case "history":
		return count(w.Waiting, "event is", "events are") + " not in the store yet" + where
	case "timers":
		return count(w.Waiting, "timer is", "timers are") + " due" + where
	case "escalation":
		return count(w.Waiting, "event waits", "events wait") + where
	default:
		return count(w.Waiting, "message waits", "messages wait") + where
	}
}

// oldest goes on with for how long it waits.
func oldest(n uint64, old time.Duration) string {
	return plural(n, ", for ", ", the oldest for ") + age(old)
}

// unanswered says what waits for a bot worker.
func unanswered(s Snapshot) string {
	w := s.work("bot")
	switch {
	case w.Waiting == 0:
		return "visitors get no answer"
	case w.Oldest.IsZero():
		return count(w.Waiting, "message waits", "messages wait")
	default:
		return count(w.Waiting, "message waits", "messages wait") + oldest(w.Waiting, s.At.Sub(w.Oldest))
	}
}

// unstored goes on with what waits for a history worker.
func unstored(s Snapshot) string {
	w := s.work("history")
	if w.Waiting == 0 {
		return ""
	}
	sentence := ", and " + count(w.Waiting, "event is", "events are") + " not in the store yet"
	if !w.Oldest.IsZero() {
		sentence += oldest(w.Waiting, s.At.Sub(w.Oldest))
	}
	return sentence
}

// line says who waits for a person.
func line(s Snapshot) string {
	sentence := count(uint64(s.Desk.Waiting), "visitor waits", "visitors wait") + " for a person"
	if s.Desk.Oldest.IsZero() {
		return sentence
	}
	if s.Desk.Waiting == 1 {
		return sentence + " for " + age(s.At.Sub(s.Desk.Oldest))
	}
	return sentence + ", the first for " + age(s.At.Sub(s.Desk.Oldest))
}

// named is "The stream CHAT_0 has" or "CHAT_0, CHAT_1 and 3 more streams have".
func named(streams []string, one, many string) string {
	slices.Sort(streams)
	switch n := len(streams); n {
	case 1:
		return "The stream " + streams[0] + " " + one
	case 2:
		return "The streams " + streams[0] + " and " + streams[1] + " " + many
	default:
		return fmt.Sprintf("The stream %s and %d more %s", streams[0], n-1, many)
	}
}

// count is "1 message waits" or "12 messages wait".
func count(n uint64, one, many string) string { return number(n) + " " + plural(n, one, many) }

func plural(n uint64, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// number writes 1204 as 1,204.
func number(n uint64) string {
	digits := strconv.FormatUint(n, 10)
	var b strings.Builder
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(d)
	}
	return b.String()
}

// age is a duration in a person's words: 40 s, 3 min, 2 h 5 min, 3 days.
func age(d time.Duration) string {
	d = max(0, d).Truncate(time.Second)
	switch {
	case d < 2*time.Minute:
		return fmt.Sprintf("%d s", d/time.Second)
	case d < time.Hour:
		return fmt.Sprintf("%d min", d/time.Minute)
	case d < 48*time.Hour:
		if m := d % time.Hour / time.Minute; m > 0 {
			return fmt.Sprintf("%d h %d min", d/time.Hour, m)
		}
		return fmt.Sprintf("%d h", d/time.Hour)
	default:
		return fmt.Sprintf("%d days", d/(24*time.Hour))
	}
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.1f s", d.Seconds()) }
