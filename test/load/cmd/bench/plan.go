package main

import (
	"errors"
	"flag"
	"fmt"
	"path/filepath"
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
	sockets          []int
	seconds          time.Duration
	rounds           int
	patience         time.Duration
	text             string
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
	sockets := flags.String("sockets", "1,50,500", "how many visitors talk at once, each with one message on its way")
	seconds := flags.Float64("seconds", 5, "how long each leg is measured")
	flags.IntVar(&p.rounds, "rounds", 3, "how many rounds the medians are of")
	ask := flags.Bool("question", false, "send a question that the bot has to search for, instead of small talk")
	size := flags.Int("bytes", 200, "how long each message is")
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
	p.text = smallTalk
	if *ask {
		p.text = question
	}
	if *size < 1 || *size > 4000 {
		return p, errors.New("-bytes is a number from 1 to 4000")
	}
	// Punctuation is no word, so it changes nothing about what is asked.
	p.text += strings.Repeat(p.text[len(p.text)-1:], max(0, *size-len(p.text)))
	return p, p.check()
}

// mostSockets is how many ports one address has for clients, with some to spare.
const mostSockets = 25_000

func (p plan) check() error {
	switch {
	case p.seconds < 100*time.Millisecond || p.seconds > 10*time.Minute:
		return errors.New("-seconds is a time from 0.1 to 600 seconds")
	case p.patience < 10*time.Millisecond || p.patience > 10*time.Minute:
		return errors.New("-patience is a time from 10ms to 10m")
	case p.rounds < 1 || p.rounds > 50:
		return errors.New("-rounds is a number from 1 to 50")
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
	base := scenario.Spec{Self: self, Sync: p.sync, Streams: p.streams, Profiles: p.profiles != ""}
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
		one.Label, one.Together, one.Env = filepath.Base(path), p.together, p.env
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

// pipelineLabel is what the minimal pipeline is called.
const pipelineLabel = "pipeline"
