package about

import (
	"testing"
	"time"

	"github.com/parley-chat/parley/gateway/frame"
)

var noon = time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)

var shop = frame.About{Page: "https://shop.example/cart", Language: "en", Zone: "Europe/Berlin", Device: "Safari · iPhone"}

func knownAt(at time.Time, visits int) frame.Known {
	return frame.Known{Page: shop.Page, Language: shop.Language, Zone: shop.Zone, Device: shop.Device, Seen: at, Visits: visits}
}

func TestWhatIsWrittenOfAVisitor(t *testing.T) {
	moved := shop
	moved.Page = "https://shop.example/checkout"
	for _, c := range []struct {
		what   string
		n      news
		visits int
		write  bool
	}{
		{"again after a minute", news{at: noon.Add(time.Minute), came: true, says: true, said: shop}, 1, false},
		{"another page after a minute", news{at: noon.Add(time.Minute), came: true, says: true, said: moved}, 1, true},
		{"again after ten minutes", news{at: noon.Add(10 * time.Minute), came: true, says: true, said: shop}, 1, true},
		{"again after half an hour", news{at: noon.Add(30 * time.Minute), came: true, says: true, said: shop}, 2, true},
		{"moved after a minute", news{at: noon.Add(time.Minute), says: true, said: moved}, 1, true},
		{"moved after an hour on one page", news{at: noon.Add(time.Hour), says: true, said: moved}, 1, true},
		{"gone after five minutes", news{at: noon.Add(5 * time.Minute)}, 1, false},
		{"gone after two hours", news{at: noon.Add(2 * time.Hour)}, 1, true},
		{"a clock that is behind", news{at: noon.Add(-time.Hour), came: true, says: true, said: moved}, 1, true},
	} {
		k, write := c.n.after(knownAt(noon, 1))
		if write != c.write || k.Visits != c.visits || k.Seen.Before(noon) {
			t.Errorf("%s: %+v, written: %v", c.what, k, write)
		}
		if write && c.n.says && k.About() != c.n.said {
			t.Errorf("%s: %+v, want what was said last", c.what, k)
		}
	}
	if k, write := (news{at: noon, came: true, says: true, said: shop}).first(); !write || k != knownAt(noon, 1) {
		t.Errorf("the first time: %+v, written: %v", k, write)
	}
	for _, n := range []news{{at: noon}, {at: noon, says: true, said: shop}} {
		if _, write := n.first(); write {
			t.Errorf("who never came, or is forgotten, is written down: %+v", n)
		}
	}
}

// The page that led to the site is that of the whole visit, and not of the next one.
func TestWhereAVisitorCameFromIsKeptForTheVisit(t *testing.T) {
	led := shop
	led.Referrer = "https://news.example/"
	k, _ := (news{at: noon, came: true, says: true, said: led}).first()
	moved := shop
	moved.Page = "https://shop.example/checkout"
	k, _ = (news{at: noon.Add(time.Minute), came: true, says: true, said: moved}).after(k)
	if k.Referrer != led.Referrer || k.Page != moved.Page {
		t.Errorf("on the next page: %+v", k)
	}
	if _, write := (news{at: noon.Add(2 * time.Minute), says: true, said: moved}).after(k); write {
		t.Error("written again, though nothing is new")
	}
	if k, _ = (news{at: noon.Add(time.Hour), came: true, says: true, said: moved}).after(k); k.Referrer != "" {
		t.Errorf("on the next visit: %+v", k)
	}
}

func TestNewsThatWaitTogetherAreOne(t *testing.T) {
	came := news{at: noon, came: true, says: true, said: shop}
	if n := came.then(news{at: noon.Add(time.Hour)}); n != (news{at: noon.Add(time.Hour), came: true, says: true, said: shop}) {
		t.Errorf("came and went: %+v", n)
	}
	moved := news{at: noon.Add(time.Minute), came: true, says: true, said: frame.About{Language: "de"}}
	if n := came.then(moved); n != moved {
		t.Errorf("came twice: %+v", n)
	}
	went := came.then(news{at: noon.Add(time.Minute), says: true, said: frame.About{Language: "de"}})
	if n := went.then(news{at: noon.Add(time.Hour)}); n != (news{at: noon.Add(time.Hour), came: true, says: true, said: frame.About{Language: "de"}}) {
		t.Errorf("came, moved and went: %+v", n)
	}
}

// What was said and not heard, since an address said too much, leaves what was heard before.
func TestAttributesThatWereNotHeardLeaveThoseFromBefore(t *testing.T) {
	first := shop
	first.Attributes = `[{"key":"plan","value":"pro"}]`
	k, _ := (news{at: noon, came: true, says: true, said: first}).first()
	moved := shop
	moved.Page, moved.Withheld = "https://shop.example/checkout", true
	k, write := (news{at: noon.Add(time.Minute), says: true, said: moved}).after(k)
	if !write || k.Attributes != first.Attributes || k.Page != moved.Page {
		t.Errorf("known: %+v, written: %v", k, write)
	}
	both := news{at: noon, came: true, says: true, said: first}.then(news{at: noon, says: true, said: moved})
	if k, write := both.first(); !write || k.Attributes != first.Attributes || k.Page != moved.Page {
		t.Errorf("of both at once: %+v, written: %v", k, write)
	}
	none := shop
	if k, write := (news{at: noon.Add(time.Minute), says: true, said: none}).after(k); !write || k.Attributes != "" {
		t.Errorf("taken back: %+v, written: %v", k, write)
	}
}
