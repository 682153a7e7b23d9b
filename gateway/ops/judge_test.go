package ops

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/roles"
	"github.com/parley-chat/parley/pkg/spent"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// well is a Parley in which nothing is wrong; change makes something so.
func well(change func(*Snapshot)) Snapshot {
	s := Snapshot{At: noon, reached: true, heard: true, History: History{Answers: true, TookMS: 3}}
	for _, r := range roles.All() {
		s.Roles = append(s.Roles, Role{Role: r.Name, Replicas: []Replica{{Replica: bus.Replica{Service: r.Service, ID: r.Name}}}})
		for _, w := range r.Work {
			s.Work = append(s.Work, Work{Name: w.Key, Role: r.Name, Whole: true, of: w})
		}
	}
	for i, name := range []string{"CHAT_0", "CHAT_1", "TIMERS", "DEAD"} {
		s.Streams = append(s.Streams, bus.StreamLook{Name: name, Leader: fmt.Sprint("n", 1+i%3), Wanted: 3, Copies: []bus.Copy{{Node: "n1", Current: true}, {Node: "n2", Current: true}, {Node: "n3", Current: true}}})
	}
	if change != nil {
		change(&s)
	}
	return s
}

// spending is what was spent of 1,000 calls or 100,000 tokens, of which an address may have
// 100 calls.
func spending(all spent.Amount, most ...Spender) *Spending {
	return &Spending{All: all, Most: most, Ceilings: spent.Ceilings{Chat: spent.Amount{Calls: 20}, Address: spent.Amount{Calls: 100}, Day: spent.Amount{Calls: 1000, Tokens: 100_000}}}
}

// gone is a role without replicas.
func gone(s *Snapshot, role string) {
	for i := range s.Roles {
		if s.Roles[i].Role == role {
			s.Roles[i].Replicas = nil
		}
	}
}

// ledBy has one node lead all streams but the last ones.
func ledBy(s *Snapshot, node string, but int) {
	for i := range s.Streams[:len(s.Streams)-but] {
		s.Streams[i].Leader = node
	}
}

// waiting gives a role work that waits: so much of it, the oldest for so long.
func waiting(s *Snapshot, name string, pending, unacked uint64, old time.Duration) {
	for i := range s.Work {
		if w := &s.Work[i]; w.Name == name {
			w.Pending, w.Unacked, w.Waiting, w.Oldest = pending, unacked, pending+unacked, noon.Add(-old)
		}
	}
}

// places has each replica of a role say how much it does at once.
func places(s *Snapshot, role string, n int) {
	for i := range s.Roles {
		for j := range s.Roles[i].Replicas {
			if s.Roles[i].Role == role {
				s.Roles[i].Replicas[j].Concurrency = n
			}
		}
	}
}

func TestTheSentenceSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		change func(*Snapshot)
		past   map[string]uint64 // what waited half a minute before
		want   []string          // "level: sentence", the worst first
	}{
		{"nothing", nil, nil, nil},
		{"work in hand is no lag", func(s *Snapshot) { waiting(s, "bot", 3, 40, 2*time.Second) }, nil, nil},
		{"a model thinks for a minute", func(s *Snapshot) { waiting(s, "bot", 0, 4, time.Minute) }, nil, nil},
		{"an agent and a visitor", func(s *Snapshot) {
			s.Desk = Desk{Waiting: 1, Oldest: noon.Add(-time.Minute), Agents: []string{"Grace"}}
		}, nil, nil},

		{"no NATS, so nothing else is known", func(s *Snapshot) {
			s.reached, s.heard, s.Roles, s.Streams, s.History = false, false, nil, nil, History{}
			s.missed = []bus.Missing{{Stream: "CHAT_0", Err: errors.New("x")}}
		}, nil, []string{"bad: This gateway can't reach NATS: here nothing can be stored or answered."}},
		{"no room", func(s *Snapshot) { s.Room = "the disk of data is full" }, nil, []string{"bad: Nothing new is taken from visitors: the disk of data is full."}},

		{"a region that is not reached, behind as it is", func(s *Snapshot) {
			s.Regions = Regions{Own: "eu", Others: []Region{{Name: "ap", Since: noon.Add(-3 * time.Minute), Behind: noon.Add(-3 * time.Minute)}, {Name: "us", Reached: true}}}
		}, nil, []string{"bad: This gateway can't reach the region ap: the chats at home there stand still for everybody here, and nothing of them is lost. Those at home in eu go on."}},
		{"a region that is reached and not merged", func(s *Snapshot) {
			s.Regions = Regions{Own: "eu", Others: []Region{{Name: "ap", Reached: true, Behind: noon.Add(-3 * time.Minute)}, {Name: "us", Reached: true, Behind: noon.Add(-5 * time.Second)}}}
		}, nil, []string{"warn: Accounts and settings of the region ap have not been merged here for 3 min: who was changed, added or shut out there is not here."}},
		{"a copy of a region that gets older, and one of a region that is away", func(s *Snapshot) {
			s.Regions = Regions{Own: "eu", Others: []Region{{Name: "ap", Reached: true, Copy: true, Copied: noon.Add(-3 * time.Minute)}, {Name: "us", Reached: true, Copy: true, Copied: noon.Add(-15 * time.Second)}}}
		}, nil, []string{"warn: The copy of the chats of the region ap is 3 min old: if that region's disks were lost now, so would be what was said there since then."}},
		{"a copy that was never complete", func(s *Snapshot) {
			s.Regions = Regions{Own: "eu", Others: []Region{{Name: "ap", Reached: true, Copy: true}}}
		}, nil, []string{"warn: The first copy of the chats of the region ap is being made: until it is complete, that region can't be given up without its disks."}},
		{"no bot, nothing waits", func(s *Snapshot) { gone(s, "botworker") }, nil, []string{"bad: No bot worker is running: visitors get no answer."}},
		{"no bot, one waits", func(s *Snapshot) { gone(s, "botworker"); waiting(s, "bot", 1, 0, 3*time.Second) }, nil,
			[]string{"bad: No bot worker is running: 1 message waits, for 3 s; visitors get no answer."}},
		{"no bot, many wait: it is said once", func(s *Snapshot) { gone(s, "botworker"); waiting(s, "bot", 1212, 0, 40*time.Second) }, map[string]uint64{"bot": 10},
			[]string{"bad: No bot worker is running: 1,212 messages wait, the oldest for 40 s; visitors get no answer."}},
		{"no escalation", func(s *Snapshot) { gone(s, "escalation") }, nil, []string{"bad: No escalation worker is running: nobody gets to a person, and agents can't answer."}},
		{"no history", func(s *Snapshot) { gone(s, "historyworker"); s.History.Answers = false }, nil, []string{"bad: No history worker is running: older messages can't be read."}},
		{"no history, much to store", func(s *Snapshot) { gone(s, "historyworker"); waiting(s, "history", 90, 0, 5*time.Minute) }, nil,
			[]string{"bad: No history worker is running: 90 events are not in the store yet, the oldest for 5 min; older messages can't be read."}},
		{"who could not be asked is not missed", func(s *Snapshot) { gone(s, "botworker"); s.heard = false }, nil, nil},
		{"the gateway that looks is there", func(s *Snapshot) { gone(s, "gateway") }, nil, nil},

		{"a stream is silent", func(s *Snapshot) { s.missed = []bus.Missing{{What: "x", Stream: "CHAT_1", Err: errors.New("x")}} }, nil,
			[]string{"bad: The stream CHAT_1 does not answer: what is in it stands still."}},
		{"a consumer that did not answer is no stream", func(s *Snapshot) { s.missed = []bus.Missing{{Stream: "CHAT_1", Consumer: "bot", Err: errors.New("x")}} }, nil, nil},
		{"no leader", func(s *Snapshot) { s.Streams[1].Leader, s.Streams[0].Leader = "", "" }, nil, []string{"bad: The streams CHAT_0 and CHAT_1 have no leader: what is in them stands still."}},
		{"most copies lost", func(s *Snapshot) { s.Streams[0].Copies[1].Offline, s.Streams[0].Copies[2].Current = true, false }, nil,
			[]string{"bad: The stream CHAT_0 has lost most of its copies: what is in it stands still."}},
		{"one copy lost", func(s *Snapshot) { s.Streams[0].Copies[2].Current = false }, nil, []string{"warn: The stream CHAT_0 has only 2 of 3 copies up to date."}},
		{"a node away", func(s *Snapshot) {
			for i := range s.Streams {
				s.Streams[i].Copies[1].Offline = true
			}
		}, nil, []string{"warn: The stream CHAT_0 and 3 more have only 2 of 3 copies up to date."}},

		{"the bot falls behind", func(s *Snapshot) { waiting(s, "bot", 900, 100, 40*time.Second) }, map[string]uint64{"bot": 400},
			[]string{"bad: The bot workers fall behind: 1,000 messages wait, 600 more than 30 s ago, the oldest for 40 s."}},
		{"more chats, all of them thought about", func(s *Snapshot) { waiting(s, "bot", 0, 120, 20*time.Second); places(s, "botworker", 128) }, map[string]uint64{"bot": 60}, nil},
		{"more chats than can be thought about", func(s *Snapshot) { waiting(s, "bot", 0, 140, 20*time.Second); places(s, "botworker", 128) }, map[string]uint64{"bot": 60},
			[]string{"bad: The bot workers fall behind: 140 messages wait, 80 more than 30 s ago, the oldest for 20 s."}},
		{"it catches up", func(s *Snapshot) { waiting(s, "bot", 900, 100, 40*time.Second) }, map[string]uint64{"bot": 2000},
			[]string{"warn: The bot workers are behind: 1,000 messages wait, the oldest for 40 s."}},
		{"in one stream only", func(s *Snapshot) {
			waiting(s, "bot", 9, 0, 40*time.Second)
			s.Work[0].Streams = map[string]uint64{"CHAT_1": 9}
		}, nil, []string{"warn: The bot workers are behind: 9 messages wait, all in CHAT_1, the oldest for 40 s."}},
		{"one is in work for too long", func(s *Snapshot) { waiting(s, "bot", 0, 1, 3*time.Minute) }, nil, []string{"warn: The bot workers are behind: 1 message waits, for 3 min."}},
		{"timers", func(s *Snapshot) { waiting(s, "timers", 2, 0, time.Minute) }, nil, []string{"warn: The escalation workers’ timers are behind: 2 timers are due, the oldest for 60 s."}},
		{"history behind", func(s *Snapshot) { waiting(s, "history", 0, 70, 4*time.Hour) }, nil,
			[]string{"warn: The history workers are behind: 70 events are not in the store yet, the oldest for 4 h."}},
		{"history does not answer", func(s *Snapshot) { s.History.Answers = false }, nil, []string{"bad: The history service does not answer: older messages can't be read."}},
		{"history is slow", func(s *Snapshot) { s.History.TookMS = 1430 }, nil, []string{"warn: The history service is slow: it took 1.4 s to answer."}},

		{"one dead letter", func(s *Snapshot) { s.Dead = Dead{1, noon} }, nil, []string{"warn: There is 1 dead letter, a message that workers gave up on."}},
		{"dead letters", func(s *Snapshot) { s.Dead = Dead{3, noon} }, nil, []string{"warn: There are 3 dead letters: messages that workers gave up on."}},
		{"nobody for those who wait", func(s *Snapshot) {
			s.Desk = Desk{Waiting: 4, Unserved: 4, Oldest: noon.Add(-20 * time.Second)}
		}, nil, []string{"warn: 4 visitors wait for a person, the first for 20 s, and no agent is online."}},
		{"everybody is away", func(s *Snapshot) {
			s.Desk = Desk{Waiting: 1, Unserved: 1, Oldest: noon.Add(-20 * time.Second), Agents: []string{"Ada", "Grace"}, Away: []string{"Ada", "Grace"}}
		}, nil, []string{"warn: 1 visitor waits for a person for 20 s, and every agent who is online is away."}},
		{"a team has gone home", func(s *Snapshot) {
			s.Desk = Desk{Waiting: 3, Unserved: 3, Oldest: noon.Add(-20 * time.Second), Agents: []string{"Ada", "Grace"}, Away: []string{"Ada"}}
		}, nil, []string{"warn: 3 visitors wait for a person, the first for 20 s, and nobody who may be given them is available."}},
		{"others are served", func(s *Snapshot) {
			s.Desk = Desk{Waiting: 3, Unserved: 2, Oldest: noon.Add(-20 * time.Second), Agents: []string{"Ada"}}
		}, nil, []string{"warn: 3 visitors wait for a person, the first for 20 s; for 2 of them nobody who may be given them is available."}},
		{"one was missed", func(s *Snapshot) { s.Desk = Desk{Missed: 1, Agents: []string{"Grace"}} }, nil,
			[]string{"note: 1 visitor left an email address while nobody could answer, and no agent has got back to them yet."}},
		{"many were missed", func(s *Snapshot) { s.Desk = Desk{Missed: 1200} }, nil,
			[]string{"note: 1,200 visitors left an email address while nobody could answer, and no agent has got back to them yet."}},
		{"a long wait", func(s *Snapshot) {
			s.Desk = Desk{Waiting: 1, Oldest: noon.Add(-7 * time.Minute), Agents: []string{"Grace", "Ada"}}
		}, nil,
			[]string{"warn: 1 visitor waits for a person for 7 min; 2 agents are online."}},
		{"a long wait, and one is away", func(s *Snapshot) {
			s.Desk = Desk{Waiting: 1, Oldest: noon.Add(-7 * time.Minute), Agents: []string{"Grace", "Ada"}, Away: []string{"Ada"}}
		}, nil,
			[]string{"warn: 1 visitor waits for a person for 7 min; 2 agents are online, and one of them is available."}},

		{"a model that does not answer", func(s *Snapshot) {
			for i := range s.Roles {
				for j := range s.Roles[i].Replicas {
					if s.Roles[i].Replicas[j].Service == "botworker" {
						s.Roles[i].Replicas[j].Trouble = "The language model does not answer."
					}
				}
			}
		}, nil, []string{"warn: The language model does not answer."}},
		{"a model that is hardly used", func(s *Snapshot) { s.Spent = spending(spent.Amount{Calls: 799, Tokens: 79_000}) }, nil, nil},
		{"four fifths of the day's calls", func(s *Snapshot) { s.Spent = spending(spent.Amount{Calls: 800}) }, nil,
			[]string{"note: The language model has used 80% of its ceiling for today (800 of 1,000 calls)."}},
		{"all of the day's tokens", func(s *Snapshot) { s.Spent = spending(spent.Amount{Calls: 900, Tokens: 99_100}) }, nil,
			[]string{"warn: Today's ceiling of the language model is reached (99,100 of 100,000 tokens): the bot quotes its pages until midnight UTC."}},
		{"an address used all it may", func(s *Snapshot) {
			s.Spent = spending(spent.Amount{}, Spender{spent.Address, "0123456789abcdef", spent.Amount{Calls: 100}})
		}, nil, []string{"warn: The address 01234567 has reached its ceiling of the language model for today (100 of 100 calls): the bot quotes its pages to visitors from there."}},
		{"an address used half of what was left", func(s *Snapshot) {
			s.Spent = spending(spent.Amount{Calls: 920}, Spender{spent.Address, "0123456789abcdef", spent.Amount{Calls: 41}})
		}, nil, []string{
			"warn: The address 01234567 has reached its ceiling of the language model for today (41 of 1,000 calls for everybody together): the bot quotes its pages to visitors from there.",
			"note: The language model has used 92% of its ceiling for today (920 of 1,000 calls).",
		}},
		{"addresses and chats", func(s *Snapshot) {
			s.Spent = spending(spent.Amount{}, Spender{spent.Address, "a", spent.Amount{Calls: 100}}, Spender{spent.Address, "b", spent.Amount{Calls: 100}},
				Spender{spent.Address, "c", spent.Amount{Calls: 85}}, Spender{spent.Chat, "x", spent.Amount{Calls: 20}})
		}, nil, []string{
			"warn: 2 addresses, a among them, have reached their ceilings of the language model for today: the bot quotes its pages to visitors from there.",
			"note: The address c is near its ceiling of the language model for today (85 of 100 calls).",
			"note: For 1 chat the daily ceiling of the language model is reached: the bot quotes its pages to that visitor.",
		}},
		{"more than are counted", func(s *Snapshot) {
			s.Spent = spending(spent.Amount{}, Spender{spent.Chat, "x", spent.Amount{Calls: 20}}, Spender{spent.Chat, "y", spent.Amount{Calls: 20}})
			s.Spent.More = true
		}, nil, []string{"note: For at least 2 chats the daily ceiling of the language model is reached: the bot quotes its pages to those visitors."}},
		{"an address writes much", func(s *Snapshot) {
			s.Heaviest = []bus.Load{{Block: "192.0.2.1", Messages: 12_000, Bytes: 18_300_000, Share: .57}, {Block: "192.0.2.2", Messages: 1, Bytes: 20, Share: .001}}
		}, nil, []string{"note: 192.0.2.1 had 18.3 MB of text in 12,000 messages accepted in the past hour, 57% of its share."}},
		{"networks write all they may", func(s *Snapshot) {
			s.Heaviest = []bus.Load{{Block: "2001:db8::/48", Messages: 1, Bytes: 4000, Share: 1.2}, {Block: "192.0.2.2", Messages: 1, Bytes: 20, Share: .6}}
		}, nil, []string{"warn: 2001:db8::/48 had 4 KB of text in 1 message accepted in the past hour, 120% of its share; 1 more address or network had more than half of theirs."}},
		{"nobody writes much", func(s *Snapshot) {
			s.Heaviest = []bus.Load{{Block: "192.0.2.2", Messages: 100, Bytes: 20000, Share: .1}}
		}, nil, nil},

		{"the line is full", func(s *Snapshot) { s.Desk = Desk{Waiting: 500, Places: 500, Agents: []string{"Grace"}, Oldest: noon} }, nil,
			[]string{"bad: The line is full: 500 visitors wait for a person, and nobody else can ask for one."}},
		{"the line has a place", func(s *Snapshot) { s.Desk = Desk{Waiting: 499, Places: 500, Agents: []string{"Grace"}, Oldest: noon} }, nil, nil},
		{"nobody knows how long the line may be", func(s *Snapshot) { s.Desk = Desk{Waiting: 9000, Agents: []string{"Grace"}, Oldest: noon} }, nil, nil},
		{"a stranger fills the line", func(s *Snapshot) { s.Desk = Desk{Waiting: 22, FromOne: 20, Agents: []string{"Grace"}, Oldest: noon} }, nil,
			[]string{"warn: 20 of 22 visitors who wait for a person come from one address; agents can close those chats together."}},
		{"some wait from one address", func(s *Snapshot) { s.Desk = Desk{Waiting: 9, FromOne: 5, Agents: []string{"Grace"}, Oldest: noon} }, nil,
			[]string{"note: 5 of 9 visitors who wait for a person come from one address; agents can close those chats together."}},
		{"an office among many others", func(s *Snapshot) { s.Desk = Desk{Waiting: 40, FromOne: 20, Agents: []string{"Grace"}, Oldest: noon} }, nil, nil},

		{"a load balancer hides where visitors come from", func(s *Snapshot) { s.hidden = []netip.Addr{netip.MustParseAddr("10.0.0.7")} }, nil,
			[]string{"warn: All visitors seem to come from one address, 10.0.0.7: together they get only what one address may have. If it is a proxy or load balancer, set TRUSTED_PROXIES and see that X-Forwarded-For is sent (X-Real-IP is not read), or have the load balancer keep the addresses."}},
		{"its nodes do", func(s *Snapshot) {
			s.hidden = []netip.Addr{netip.MustParseAddr("10.0.0.7"), netip.MustParseAddr("10.0.0.8"), netip.MustParseAddr("fd00::9")}
		}, nil,
			[]string{"warn: All visitors seem to come from 3 addresses, 10.0.0.7, 10.0.0.8 and fd00::9: together they get only what as many addresses may have. If these are proxies or load balancers, set TRUSTED_PROXIES and see that X-Forwarded-For is sent (X-Real-IP is not read), or have the load balancer keep the addresses."}},

		{"one node leads all", func(s *Snapshot) { ledBy(s, "n2", 0) }, nil,
			[]string{"note: The NATS node n2 leads 4 of 4 streams; if it goes away, most chats wait for some seconds. parley setup balance spreads what is led."}},
		{"one node leads three quarters", func(s *Snapshot) { ledBy(s, "n1", 1); s.Streams[3].Leader = "n2" }, nil, nil},
		{"one node leads all, a copy is missing", func(s *Snapshot) { ledBy(s, "n2", 0); s.Streams[3].Copies[2].Current = false }, nil,
			[]string{"warn: The stream DEAD has only 2 of 3 copies up to date."}},
		{"one of two leads all", func(s *Snapshot) {
			ledBy(s, "n1", 0)
			for i := range s.Streams {
				s.Streams[i].Wanted, s.Streams[i].Copies = 2, s.Streams[i].Copies[:2]
			}
		}, nil, nil},
		{"copies that nobody else has", func(s *Snapshot) {
			for i := range s.Streams {
				s.Streams[i].Wanted, s.Streams[i].Copies, s.Streams[i].Leader = 1, s.Streams[i].Copies[:1], "n1"
			}
		}, nil, nil},
		{"a note comes last", func(s *Snapshot) { ledBy(s, "n1", 0); s.Dead = Dead{1, noon} }, nil, []string{
			"warn: There is 1 dead letter, a message that workers gave up on.",
			"note: The NATS node n1 leads 4 of 4 streams; if it goes away, most chats wait for some seconds. parley setup balance spreads what is led.",
		}},

		{"several, the worst first", func(s *Snapshot) {
			s.Dead = Dead{2, noon}
			s.Streams[0].Copies[2].Current = false
			s.History.Answers = false
			gone(s, "botworker")
		}, nil, []string{
			"bad: No bot worker is running: visitors get no answer.",
			"bad: The history service does not answer: older messages can't be read.",
			"warn: The stream CHAT_0 has only 2 of 3 copies up to date.",
			"warn: There are 2 dead letters: messages that workers gave up on.",
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var past []sample
			if c.past != nil {
				past = []sample{{noon.Add(-time.Minute), nil}, {noon.Add(-30 * time.Second), c.past}, {noon.Add(-2 * time.Second), map[string]uint64{}}}
			}
			v := judge(well(c.change), past)
			var got []string
			for _, p := range v.Problems {
				got = append(got, string(p.Level)+": "+p.Sentence)
				if p.Key == "" {
					t.Errorf("%s has no key", p.Sentence)
				}
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(c.want, "\n  "))
			}
			first := "good: All is well."
			if len(c.want) > 0 && !strings.HasPrefix(c.want[0], "note: ") {
				first = c.want[0]
			}
			if said := string(v.Level) + ": " + v.Sentence; said != first {
				t.Errorf("at the top: %s", said)
			}
		})
	}
}

func TestHowLongIsSaidAsAPersonWould(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		-time.Second: "0 s", 0: "0 s", 1900 * time.Millisecond: "1 s", 119 * time.Second: "119 s", 2 * time.Minute: "2 min", 59*time.Minute + 59*time.Second: "59 min",
		time.Hour: "1 h", 125 * time.Minute: "2 h 5 min", 47 * time.Hour: "47 h", 72 * time.Hour: "3 days",
	} {
		if got := age(d); got != want {
			t.Errorf("%v is %q, want %q", d, got, want)
		}
	}
	for n, want := range map[uint64]string{0: "0", 999: "999", 1000: "1,000", 1234567: "1,234,567"} {
		if got := number(n); got != want {
			t.Errorf("%d is %q", n, got)
		}
	}
}
