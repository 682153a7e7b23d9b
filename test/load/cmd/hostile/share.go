package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/parley-chat/parley/test/load/internal/proc"
)

// sharesPage is the page that says what one address gets. The attacks hold Parley to it.
const sharesPage = "docs/fair-share.md"

// share is what one holder gets.
type share struct {
	amount float64
	per    string // "at once", "a second", "a minute", "an hour", "a day"
}

// readShares reads the table of the page, by the shares' names. Settings, as NAME=value,
// change what they change in Parley.
func readShares(settings []string) (map[string]share, error) {
	root, err := proc.Root()
	if err != nil {
		return nil, err
	}
	page, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(sharesPage)))
	if err != nil {
		return nil, fmt.Errorf("read what one address gets: %w", err)
	}
	all := map[string]share{}
	for line := range strings.Lines(string(page)) {
		cells := strings.Split(line, "|")
		if len(cells) < 6 || !strings.HasPrefix(cells[1], " `") {
			continue
		}
		text, per, _ := strings.Cut(strings.TrimSpace(cells[4]), " ")
		amount, err := number(text)
		if err != nil {
			return nil, fmt.Errorf("%s: the row %s has no amount: %w", sharesPage, cells[1], err)
		}
		for _, set := range settings {
			name, value, _ := strings.Cut(set, "=")
			if !strings.Contains(cells[5], "`"+name+"`") {
				continue
			}
			if amount, err = number(value); err != nil {
				return nil, fmt.Errorf("%s is no amount: %w", set, err)
			}
			amount *= factor(cells[5])
		}
		all[strings.Trim(cells[1], " `")] = share{amount: amount, per: per}
	}
	return all, nil
}

// number reads an amount: 30,000 or 32MB.
func number(text string) (float64, error) {
	times := 1.
	if plain, ok := strings.CutSuffix(text, "MB"); ok {
		text, times = plain, 1e6
	}
	n, err := strconv.ParseFloat(strings.ReplaceAll(text, ",", ""), 64)
	return n * times, err
}

// factor reads how much of its setting a share is: "8 × `NAME`", "`NAME` ÷ 8".
func factor(cell string) float64 {
	if before, _, ok := strings.Cut(cell, "×"); ok {
		if n, err := strconv.ParseFloat(strings.TrimSpace(before), 64); err == nil {
			return n
		}
	}
	if _, after, ok := strings.Cut(cell, "÷"); ok {
		if n, err := strconv.ParseFloat(strings.TrimSpace(after), 64); err == nil {
			return 1 / n
		}
	}
	return 1
}

// within is the most that the share allows in a time, from its beginning on: what may be
// used at once, and what comes back meanwhile.
func (s share) within(d time.Duration) float64 {
	switch s.per {
	case "a second":
		return s.amount * (4 + d.Seconds())
	case "a minute":
		return s.amount * (1 + d.Minutes())
	case "an hour":
		return s.amount * (.25 + d.Hours())
	case "a day":
		return s.amount * (1 + d.Hours()/24)
	}
	return s.amount
}

// exceeds says that what was taken is more than the share of that name, or nothing.
func (o *outcome) exceeds(what string, taken float64, name string) string {
	s, ok := o.shares[name]
	switch {
	case !ok:
		return fmt.Sprintf("%s has no share %q", sharesPage, name)
	case taken > s.within(o.lasted)*1.05+1:
		return fmt.Sprintf("%.0f %s in %.0f s are more than the share %s of %.0f %s", taken, what, o.lasted.Seconds(), name, s.amount, s.per)
	}
	return ""
}

// slower says that honest visitors were answered much later than without the attack, or
// nothing. It is a bound for a busy machine.
func (o *outcome) slower(times float64) string {
	before, during := quantile(o.before.answers, .5), quantile(o.during.answers, .5)
	if float64(during) <= times*float64(before) {
		return ""
	}
	return fmt.Sprintf("half of the honest visitors wait longer than %s for an answer, and %s without the attack", short(during), short(before))
}

// differs says that a figure of the loot is not as it has to be, or nothing.
func (o *outcome) differs(what string, want float64) string {
	if got, known := o.loot.find(what); !known || got != want {
		return fmt.Sprintf("%.0f %s, not %.0f", got, what, want)
	}
	return ""
}

// fewer says that a figure of the loot is less than it has to be, or nothing.
func (o *outcome) fewer(what string, least float64) string {
	if got := o.loot.get(what); got < least {
		return fmt.Sprintf("%.0f %s, not %.0f", got, what, least)
	}
	return ""
}

// more says that a figure of the loot is more than it may be, or nothing.
func (o *outcome) more(what string, most float64) string {
	if got := o.loot.get(what); got > most {
		return fmt.Sprintf("%.0f %s, not %.0f at most", got, what, most)
	}
	return ""
}
