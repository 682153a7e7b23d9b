package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/parley-chat/parley/test/load/internal/scenario"
)

// plan is what a run does. All of it is bounded.
type plan struct {
	programs, labels list
	url              string
	together         bool
	alone            bool // without the minimal pipeline
	beside           bool // with it, although url is given
	sync             string
	streams          int
	nodes            int
	sockets          []int
	seconds          time.Duration
	rounds           int
	patience         time.Duration
	text             string
	size             int // bytes of a message
	what             []string
	rate             float64 // messages a second of an open loop; 0: half of the top rate
	visitors         int     // idle ones
	viewers          int     // of one chat
	stored           int     // events of other chats in the store
	cut              int     // sockets that are cut at once
	goals            bool
	json, html       string
	dir              string
	into             string // a page whose table of goals is replaced
	profiles         string
	env              list
}

// list is a flag that may be given several times.
type list []string

func (l *list) String() string { return strings.Join(*l, ",") }

// Set adds a value.
func (l *list) Set(value string) error {
	*l = append(*l, value)
	return nil
}

const (
	smallTalk = "Hello there, bot!"
	question  = "How do I put the chat on my own site?"
)

// parse reads the arguments.
func parse(args []string) (p plan, err error) {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.Var(&p.programs, "parley", "a Parley that is built already; several are measured in turn (default: build this one)")
	flags.Var(&p.labels, "label", "what to call it, in the same order (default: the file's name)")
	flags.Var(&p.env, "env", "one more setting for Parley, such as GOGC=400; may be repeated")
	flags.StringVar(&p.url, "url", "", "measure the gateway at this URL instead of starting anything: its limits count, and nothing is known of its processes")
	flags.BoolVar(&p.together, "together", false, "all of Parley in one process, instead of NATS and each role in one of its own")
	flags.BoolVar(&p.alone, "alone", false, "without the minimal pipeline beside it")
	flags.BoolVar(&p.beside, "pipeline", false, "with -url: the minimal pipeline beside it")
	flags.StringVar(&p.sync, "sync", "100ms", "when NATS syncs its files: always, or a time")
	flags.IntVar(&p.streams, "streams", 0, "how many streams; 0: Parley's default, and one for the pipeline")
	flags.IntVar(&p.nodes, "nodes", 1, "how many NATS nodes, 1 or 3; with 3 every stream has three replicas")
	sockets := flags.String("sockets", "1,50,500", "how many visitors talk at once, each with one message on its way")
	seconds := flags.Float64("seconds", 5, "how long each leg is measured")
	flags.IntVar(&p.rounds, "rounds", 3, "how many rounds the medians are of")
	ask := flags.Bool("question", false, "send a question that the bot has to search for, instead of small talk")
	flags.IntVar(&p.size, "bytes", 200, "how long each message is")
	what := flags.String("what", "closed", "what is measured, separated by commas: "+strings.Join(parts, ", ")+"; or all")
	flags.Float64Var(&p.rate, "rate", 0, "messages a second of the open loop and to the viewers of one chat; 0: half of the closed loop's rate, and 1")
	flags.IntVar(&p.visitors, "visitors", 5000, "how many idle visitors")
	flags.IntVar(&p.viewers, "viewers", 1000, "how many sockets watch one chat")
	flags.IntVar(&p.stored, "stored", 0, "how many events of other chats are in the store, for paging")
	flags.IntVar(&p.cut, "cut", 10_000, "how many sockets are cut at once")
	flags.BoolVar(&p.goals, "goals", false, "measure every goal of docs/performance.md, and print that table (some six minutes)")
	flags.StringVar(&p.dir, "dir", "", "folder for what is stored (default: the temporary one, or for -sync always "+diskDir+", since a sync costs nothing in memory)")
	flags.StringVar(&p.into, "into", "", "with -goals: put the table into this page, in the place of the one that is there")
	flags.StringVar(&p.json, "json", "", "write everything into this file, as JSON")
	flags.StringVar(&p.html, "html", "", "write a page with pictures into this file")
	flags.DurationVar(&p.patience, "patience", 10*time.Second, "how long the first answer may take before the system counts as one without a bot, and the last one before its message counts as not answered")
	flags.StringVar(&p.profiles, "profile", "", "write a CPU profile of each process during the first round into this folder, and print their first lines")
	if err := flags.Parse(args); err != nil {
		return p, err
	}
	if flags.NArg() > 0 {
		return p, fmt.Errorf("%q is not a flag; -h lists them", flags.Arg(0))
	}
	p.seconds = time.Duration(*seconds * float64(time.Second))
	for part := range strings.SplitSeq(*sockets, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(part))
		if err != nil || n < 1 || n > mostSockets {
			return p, fmt.Errorf("-sockets: %q is not a number from 1 to %d", part, mostSockets)
		}
		p.sockets = append(p.sockets, n)
	}
	p.text = p.padded(smallTalk)
	if *ask {
		p.text = p.padded(question)
	}
	if p.what = strings.Split(*what, ","); *what == "all" {
		p.what = parts
	}
	return p, p.check()
}

// padded makes a text as long as messages are. Punctuation is no word, so it changes
// nothing about what is asked.
func (p plan) padded(text string) string {
	return text + strings.Repeat(text[len(text)-1:], max(0, p.size-len(text)))
}

// mostSockets is how many ports one address has for clients, with some to spare.
const mostSockets = 25_000

// mostOpen is how many sockets this run has open at most.
func (p plan) mostOpen() int {
	n := slices.Max(p.sockets)
	for part, of := range map[string]int{"idle": p.visitors, "fanout": p.viewers, "storm": p.cut} {
		if slices.Contains(p.what, part) {
			n = max(n, of)
		}
	}
	if p.goals {
		n = max(n, goalIdle, goalStorm)
	}
	return n
}

func (p plan) check() error {
	for _, part := range p.what {
		if !slices.Contains(parts, part) {
			return fmt.Errorf("-what: %q is none of %s", part, strings.Join(parts, ", "))
		}
	}
	for name, n := range map[string]int{"visitors": p.visitors, "viewers": p.viewers, "cut": p.cut} {
		if n < 1 || n > mostSockets {
			return fmt.Errorf("-%s is a number from 1 to %d", name, mostSockets)
		}
	}
	switch {
	case p.size < 1 || p.size > 4000:
		return errors.New("-bytes is a number from 1 to 4000")
	case p.stored < 0 || p.stored > 100_000_000:
		return errors.New("-stored is a number from 0 to 100000000")
	case p.rate < 0 || p.rate > 1e6:
		return errors.New("-rate is a number from 0 to 1000000")
	case p.into != "" && !p.goals:
		return errors.New("-into is for -goals")
	case p.goals && p.url != "":
		return errors.New("-goals starts systems of its own, so it takes no -url")
	case p.seconds < 100*time.Millisecond || p.seconds > 10*time.Minute:
		return errors.New("-seconds is a time from 0.1 to 600 seconds")
	case p.patience < 10*time.Millisecond || p.patience > 10*time.Minute:
		return errors.New("-patience is a time from 10ms to 10m")
	case p.rounds < 1 || p.rounds > 50:
		return errors.New("-rounds is a number from 1 to 50")
	case p.nodes != 1 && p.nodes != 3:
		return errors.New("-nodes is 1 or 3")
	case p.nodes > 1 && p.together:
		return errors.New("-together has its NATS inside, which is one node")
	case p.streams < 0 || p.streams > 64:
		return errors.New("-streams is a number from 1 to 64")
	case len(p.labels) > max(1, len(p.programs)):
		return errors.New("there are more -label than -parley")
	case p.url != "" && len(p.programs) > 0:
		return errors.New("either -url, or -parley")
	case p.url != "" && !strings.HasPrefix(p.url, "http://") && !strings.HasPrefix(p.url, "https://"):
		return fmt.Errorf("%q is not a URL such as http://127.0.0.1:8080", p.url)
	}
	if p.sync != "always" {
		if d, err := time.ParseDuration(p.sync); err != nil || d < time.Millisecond {
			return fmt.Errorf("-sync: %q is neither always nor a time such as 100ms", p.sync)
		}
	}
	return nil
}

// specs returns what is started, the pipeline first. program builds a Parley if none
// was given.
func (p plan) specs(self string, program func() (string, error)) (all []scenario.Spec, err error) {
	base := scenario.Spec{Self: self, Sync: p.sync, Streams: p.streams, Nodes: p.nodes, Dir: p.folder(p.sync), Profiles: p.profiles != "" || slices.Contains(p.what, "idle")}
	if !p.alone && (p.url == "" || p.beside) {
		one := base
		one.Label = pipelineLabel
		all = append(all, one)
	}
	if p.url != "" {
		return all, nil
	}
	programs := p.programs
	if len(programs) == 0 {
		built, err := program()
		if err != nil {
			return nil, err
		}
		programs = list{built}
	}
	for i, path := range programs {
		one := base
		one.Label, one.Together, one.Env, one.Stored = filepath.Base(path), p.together, p.env, p.stored
		if i < len(p.labels) {
			one.Label = p.labels[i]
		}
		if one.Program, err = filepath.Abs(path); err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, nil
}

// diskDir is on a disk where the temporary folder may be in memory.
const diskDir = "/var/tmp"

// folder is where systems with that sync store their data; "" is the temporary folder.
func (p plan) folder(sync string) string {
	if info, err := os.Stat(diskDir); p.dir == "" && sync == "always" && err == nil && info.IsDir() {
		return diskDir
	}
	return p.dir
}

// warmUp is how long visitors talk before anything is counted.
func (p plan) warmUp() time.Duration { return min(time.Second, p.seconds) }

// pipelineLabel is what the minimal pipeline is called.
const pipelineLabel = "pipeline"
