package search

import (
	"fmt"
	"github.com/parley-chat/parley/pkg/chat"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func TestWhatIsTypedIsRead(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 3, 29, 20, 0, 0, 0, time.UTC) // a day of 23 hours in Berlin
	day := func(s string) time.Time {
		d, err := time.ParseInLocation("2006-01-02", s, berlin)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	term := func(prefix bool, words ...string) Term { return Term{words, prefix} }
	for typed, want := range map[string]Query{
		"":                                      {},
		" Refund  now ":                         {Terms: []Term{term(false, "refund"), term(false, "now")}},
		`"two Words" x`:                         {Terms: []Term{term(false, "two", "words"), term(false, "x")}},
		`"not closed`:                           {Terms: []Term{term(false, "not", "closed")}},
		`deliv* "big cust"*`:                    {Terms: []Term{term(true, "deliv"), term(true, "big", "cust")}},
		"a*":                                    {Terms: []Term{term(false, "a")}},
		"a*b":                                   {Terms: []Term{term(false, "a", "b")}},
		`tag:Billing TAG:"Big Customer"`:        {Tags: []string{"billing", "big customer"}},
		"agent:grace.h team:sales from:visitor": {Agents: []string{"grace h"}, Teams: []string{"sales"}, From: []string{"visitor"}},
		"status:LIVE status:bot status:live":    {Status: []chat.Status{"live", "bot"}},
		"status:asleep":                         {Terms: []Term{term(false, "status", "asleep")}},
		"wizard:x http://a.b":                   {Terms: []Term{term(false, "wizard", "x"), term(false, "http", "a", "b")}},
		"rating:<3":                             {Rating: Rating{1, 2}},
		"rating:>=4":                            {Rating: Rating{4, 5}},
		"rating:2-4":                            {Rating: Rating{2, 4}},
		"rating:9":                              {Terms: []Term{term(false, "rating", "9")}},
		"after:today before:2026-04":            {After: day("2026-03-29"), Before: day("2026-04-01")},
		"after:1d":                              {After: day("2026-03-28")},
		"before:2026-02-30":                     {Terms: []Term{term(false, "before", "2026", "02", "30")}},
		"tag: x":                                {Terms: []Term{term(false, "tag"), term(false, "x")}},
		`tag:""`:                                {Terms: []Term{term(false, "tag")}},
		"!!! *":                                 {},
		"退款":                                    {Terms: []Term{term(false, "退款")}},
		"我要退款":                                  {Terms: []Term{term(false, "我要", "要退", "退款")}},
		"退":                                     {Terms: []Term{term(true, "退")}},
	} {
		got := Parse(typed, now, berlin)
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%q is read as\n%+v, want\n%+v", typed, got, want)
		}
	}
	if d := Parse("after:today before:2026-03-30", now, berlin); d.Before.Sub(d.After) != 23*time.Hour {
		t.Errorf("the day has %s", d.Before.Sub(d.After))
	}
}

func TestASnippetShowsTheFirstMark(t *testing.T) {
	q := Parse("needle", time.Now(), time.UTC)
	for _, text := range []string{"needle", "😀 needle 😀", strings.Repeat("hay ", 100) + "NEEDLE" + strings.Repeat(" 😀", 300), strings.Repeat("é", 500) + " needle"} {
		marks, ok := q.Marks(text)
		s := Show(text, marks)
		if !ok || len(s.Marks) != 1 || utf8.RuneCountInString(s.Text) > MaxSnippet+2 {
			t.Fatalf("%.20q: %v, %d characters, %v", text, ok, utf8.RuneCountInString(s.Text), s.Marks)
		}
		var shown []rune
		at := 0
		for _, r := range s.Text {
			if at >= s.Marks[0][0] && at < s.Marks[0][1] {
				shown = append(shown, r)
			}
			at += units(string(r))
		}
		if !strings.EqualFold(string(shown), "needle") {
			t.Errorf("the mark in %q is %q", s.Text, string(shown))
		}
	}
}

// Whatever is typed, reading it ends, its words are letters and digits, and it is bounded.
func FuzzParse(f *testing.F) {
	for _, s := range []string{`"a`, "tag:", "rating:<", "before:1", "\xff", "a*", "退款*", "e\u0301", strings.Repeat(`" `, 400)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		q := Parse(s, time.Unix(1e9, 0), time.UTC)
		if len(q.Terms) > maxTerms || len(q.Tags) > maxValues {
			t.Fatal("it is not bounded")
		}
		for _, term := range q.Terms {
			for _, w := range term.Words {
				if w == "" || strings.ContainsAny(w, "\"* \x00'():^-+{}") {
					t.Fatalf("%q has the word %q", s, w)
				}
			}
		}
		marks, _ := q.Marks(s)
		Show(s, marks)
	})
}
