package ops

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/parley-chat/parley/pkg/roles"
)

// waitingIn says how much waits, and where, if it is in one stream only.
func waitingIn(w Work) string {
	where := ""
	if len(w.Streams) == 1 && w.Waiting > 1 {
		for name := range w.Streams {
			where = ", all in " + name
		}
	}
	return waits(w) + where
}

// waits is "1 message waits" or "12 timers are due".
func waits(w Work) string { return count(w.Waiting, w.of.Waits[0], w.of.Waits[1]) }

// oldest continues the sentence with how long it has waited.
func oldest(n uint64, old time.Duration) string {
	return plural(n, ", for ", ", the oldest for ") + age(old)
}

// waitsFor is what waits for a role that does not run, as the beginning of a sentence.
func waitsFor(s Snapshot, r roles.Role) string {
	var all strings.Builder
	for _, w := range s.Work {
		if w.Role != r.Name || w.Waiting == 0 {
			continue
		}
		all.WriteString(waits(w))
		if !w.Oldest.IsZero() {
			all.WriteString(oldest(w.Waiting, s.At.Sub(w.Oldest)))
		}
		all.WriteString("; ")
	}
	return all.String()
}

// line says how many wait for a person, and how long.
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
