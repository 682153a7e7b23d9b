package admission

import (
	"fmt"
	"math"
	"math/rand/v2"
	"net/netip"
	"slices"
	"time"

	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/gateway/frame"
	"github.com/parley-chat/parley/gateway/limit"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/outage"
)

// Amounts are the settings of the shares that come back with time. 0 stands for no
// bound.
type Amounts struct {
	BytesPerAddress    int64 // of text, an hour
	MessagesPerAddress int64 // an hour
	BytesPerChat       int64 // of text, an hour
	MessagesPerChat    int64 // an hour
	ReadPerAddress     int64 // bytes of chats, a minute
	FilesPerAddress    int64 // bytes of files, an hour
	FilesPerChat       int64 // bytes of files, an hour
}

// maxShareWait bounds how long a client is asked to wait for a share: enough of it may be
// there earlier than was expected.
const maxShareWait = 5 * time.Minute

// forgive bounds what somebody with very many addresses gains by filling the table: what an
// address gets back within that time. To keep newcomers out of a full table, each of its
// keys must owe more than that at every moment: by default that is more than a gateway takes.
const forgive = time.Minute

// budgets are the shares that come back with time: the rows of Shares that have a kind.
type budgets struct {
	frames    *limit.Budgets[netip.Prefix] // nil: no bound
	addresses *limit.Budgets[netip.Prefix] // all of an address but the frames
	chats     *limit.Budgets[chat.ID]
	accounts  *limit.Budgets[string]

	ofFrames                     Share
	ofAddress, ofChat, ofAccount []Share   // the row of each bound
	amounts                      []float64 // of the rows of an address

	readsBurst, readsRate float64 // of a connection; without a bound the burst is 0

	refused func(share string)
	usedUp  outage.Sampled
	log     zerolog.Logger
}

func newBudgets(opts Options) *budgets {
	b := &budgets{refused: opts.Metrics.Refused, usedUp: outage.Sampled{Every: time.Minute}, log: opts.Log}
	var bounds []limit.Bound
	b.ofAddress, bounds = bounded(OfAddress, opts)
	// Frames have a table of their own: they come back within seconds, and must not compete
	// for room with what takes hours.
	for i, bound := range bounds {
		if bound.Kind == int(frames) {
			b.ofFrames = b.ofAddress[i]
			b.frames = limit.NewBudgets[netip.Prefix]([]limit.Bound{bound}, limit.BudgetOptions{Forgive: forgive, Now: opts.Now})
			b.ofAddress, bounds = slices.Delete(b.ofAddress, i, i+1), slices.Delete(bounds, i, i+1)
			break
		}
	}
	b.addresses = limit.NewBudgets[netip.Prefix](bounds, limit.BudgetOptions{Forgive: forgive, Now: opts.Now})
	for _, row := range b.ofAddress {
		b.amounts = append(b.amounts, opts.amount(row))
	}
	// There is always room, since an address pays for what its chats take: getting a chat
	// forgotten costs the address more than the chat may take.
	b.ofChat, bounds = bounded(OfChat, opts)
	b.chats = limit.NewBudgets[chat.ID](bounds, limit.BudgetOptions{Forgive: limit.Always, Now: opts.Now})
	b.ofAccount, bounds = bounded(OfAccount, opts)
	b.accounts = limit.NewBudgets[string](bounds, limit.BudgetOptions{Now: opts.Now})
	if _, bounds = bounded(OfConnection, opts); len(bounds) > 0 {
		b.readsBurst, b.readsRate = bounds[0].Burst, bounds[0].Rate
	}
	return b
}

// bounded returns those of the holder's rows that come back with time, and their bounds.
func bounded(of Holder, opts Options) (rows []Share, bounds []limit.Bound) {
	for _, s := range Shares {
		if s.Of != of || s.kind == uncounted || of == OfConnection && s.kind != readBytes {
			continue
		}
		amount := opts.amount(s)
		if amount <= 0 {
			continue
		}
		rate := amount / time.Duration(s.Per).Seconds()
		burst := amount * s.Per.burst()
		if s.kind == frames {
			burst = math.Ceil(burst)
		}
		rows = append(rows, s)
		bounds = append(bounds, limit.Bound{Kind: int(s.kind), Burst: max(1, burst), Rate: rate})
	}
	return rows, bounds
}

// amount returns how much the row grants with these settings; 0 for no bound.
func (o Options) amount(s Share) float64 {
	var value float64
	switch s.Setting {
	case "RATE_PER_ADDRESS":
		value = o.RatePerAddress
	case "BYTES_PER_ADDRESS":
		value = float64(o.Shares.BytesPerAddress)
	case "MESSAGES_PER_ADDRESS":
		value = float64(o.Shares.MessagesPerAddress)
	case "BYTES_PER_CHAT":
		value = float64(o.Shares.BytesPerChat)
	case "MESSAGES_PER_CHAT":
		value = float64(o.Shares.MessagesPerChat)
	case "READ_PER_ADDRESS":
		value = float64(o.Shares.ReadPerAddress)
	case "FILE_BYTES_PER_ADDRESS":
		value = float64(o.Shares.FilesPerAddress)
	case "FILE_BYTES_PER_CHAT":
		value = float64(o.Shares.FilesPerChat)
	default:
		return float64(s.Amount)
	}
	return value * float64(s.times()) / float64(s.part())
}

// costOf is what an event of a visitor takes. Requests are counted beside messages: a
// visitor who has used up what a chat may write can still ask for a person.
func costOf(e chat.Event) (c limit.Cost) {
	if e.Kind != chat.Request {
		c[messages] = 1
	} else {
		c[requests] = 1
	}
	if e.Kind == chat.Request && e.Request == chat.Escalate {
		c[calls] = 1
	}
	if e.Kind == chat.Request && e.Request == chat.LeaveEmail {
		c[leaves] = 1
	}
	if e.Kind != chat.Request || e.Request == chat.Rate || e.Request == chat.LeaveEmail {
		c[textBytes] = float64(len(e.Text))
	}
	return c
}

// frame charges a frame, or a new connection, to the address and its networks. It returns
// how long to wait, or 0.
func (b *budgets) frame(at []limit.Level[netip.Prefix]) time.Duration {
	if b.frames == nil {
		return 0
	}
	got := b.frames.Take(at, limit.Cost{frames: 1})
	if !got.OK {
		b.refused(b.ofFrames.Name)
	}
	return got.Wait
}

// frameOf is frame for a frame of an agent's console, which the account pays: fifty agents in one
// office are behind one address, with the visitors who are there.
func (b *budgets) frameOf(user string) time.Duration {
	got := b.accounts.Take(account(user), limit.Cost{frames: 1})
	if !got.OK {
		b.refused(b.ofAccount[got.Bound].Name)
	}
	return got.Wait
}

// take takes the cost of a visitor's event from the budgets of the address and its
// networks, and of the chat: from all, or from none with a refusal.
func (b *budgets) take(at []limit.Level[netip.Prefix], id chat.ID, cost limit.Cost) error {
	if got := b.addresses.Take(at, cost); !got.OK {
		return b.refuseAddress(at, got)
	}
	if got := b.chats.Take([]limit.Level[chat.ID]{{Key: id, Scale: 1}}, cost); !got.OK {
		b.addresses.Return(at, cost)
		return b.refuse(b.ofChat[got.Bound], got.Wait)
	}
	return nil
}

// giveBack returns what take took, for an event that was not stored.
func (b *budgets) giveBack(at []limit.Level[netip.Prefix], id chat.ID, cost limit.Cost) {
	b.addresses.Return(at, cost)
	b.chats.Return([]limit.Level[chat.ID]{{Key: id, Scale: 1}}, cost)
}

// refuseAddress refuses because an address or a network has used up a share, and logs that
// once in a while.
func (b *budgets) refuseAddress(at []limit.Level[netip.Prefix], no limit.Taken) error {
	share := b.ofAddress[no.Bound]
	b.usedUp.Line(share.Name, b.log.Warn()).Str("share", share.Name).Stringer("block", at[no.Level].Key).Dur("wait", no.Wait).
		Msg("an address has used up its share")
	return b.refuse(share, no.Wait)
}

// refuse returns the refusal for a share that is used up. It spreads the waits, so that
// the clients of one address don't all come again at once.
func (b *budgets) refuse(share Share, wait time.Duration) *frame.Refusal {
	b.refused(share.Name)
	sentence := share.Sentence
	if share.Per != PerSecond {
		sentence = fmt.Sprintf(sentence, in(wait))
	}
	r := frame.Refuse(share.Code, sentence)
	r.Retry = min(wait+rand.N(wait/4+1), maxShareWait)
	return r
}

// in says for a person how long from now something is.
func in(wait time.Duration) string {
	switch s := int(math.Ceil(wait.Seconds())); {
	case s <= 1:
		return "in a moment"
	case s < 100:
		return fmt.Sprintf("in %d seconds", s)
	default:
		return fmt.Sprintf("in %d minutes", (s+59)/60)
	}
}
