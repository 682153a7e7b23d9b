package about

import (
	"time"

	"github.com/parley-chat/parley/gateway/frame"
	"github.com/parley-chat/parley/pkg/chat"
)

const (
	// away is how long a visitor must have been away for the next time to be another visit.
	away = 30 * time.Minute
	// every is the shortest time between two writes that say nothing new.
	every = 10 * time.Minute
)

// news are what is to be kept of a visitor who came, whose page says something, or who went.
type news struct {
	at   time.Time
	came bool
	says bool
	said frame.About // if says
	// signed is what the site vouches for, for the chat's card; nil: it said nothing.
	signed *chat.CardEdit
}

// then returns the news with later ones. One visit is counted: both wait to be written.
func (n news) then(later news) news {
	later.came = later.came || n.came
	if !later.says && n.says {
		later.says, later.said = true, n.said
	}
	if later.said.Withheld && n.says {
		later.said.Withheld, later.said.Attributes = n.said.Withheld, n.said.Attributes
	}
	if later.signed == nil {
		later.signed = n.signed
	}
	return later
}

// first returns what is known after the first news. Whoever only went was never told of.
func (n news) first() (_ frame.Known, write bool) {
	if !n.came {
		return frame.Known{}, false
	}
	return n.on(frame.Known{Visits: 1}), true
}

// after returns what is known after the news, and whether that is to be written.
func (n news) after(k frame.Known) (_ frame.Known, write bool) {
	passed := n.at.Sub(k.Seen)
	if n.says && n.said.Referrer == "" && (!n.came || passed < away) {
		n.said.Referrer = k.Referrer // of the page that the visit began on
	}
	if n.said.Withheld {
		n.said.Withheld, n.said.Attributes = false, k.Attributes
	}
	changed := n.says && n.said != k.About()
	if !changed && passed < every {
		return k, false
	}
	if n.came && passed >= away {
		k.Visits++
	}
	return n.on(k), true
}

func (n news) on(k frame.Known) frame.Known {
	if n.says {
		k.Page, k.Language, k.Zone, k.Device = n.said.Page, n.said.Language, n.said.Zone, n.said.Device
		k.Referrer, k.Attributes = n.said.Referrer, n.said.Attributes
	}
	if n.at.After(k.Seen) { // the clock of another gateway may be ahead
		k.Seen = n.at.UTC()
	}
	return k
}
