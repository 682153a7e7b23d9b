package app

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/botworker/knowledge"
)

// readFirst is how large a folder of pages may be, in bytes, to be read before anything else
// is begun, which takes half a second: then a fault in it ends the start. A larger one is
// read while visitors are let in already.
const readFirst = 256 << 10

// errReading is why a bot worker is not ready yet.
var errReading = errors.New("the bot is still reading its pages, and what visitors ask waits until it has read them")

// opening is the bot's pages while they are read.
type opening struct {
	read   chan struct{} // closed once they are read, or can't be; the fields below are set then
	folder *knowledge.Folder
	err    error
}

// openPages begins to read the pages that the bot answers from. It returns at once where
// the pages are the built-in ones, which have no faults, or many.
func (s *system) openPages(ctx context.Context) (*opening, error) {
	o := &opening{read: make(chan struct{})}
	open := func() {
		defer close(o.read)
		o.folder, o.err = s.pages(ctx)
	}
	if size := knowledge.Size(s.BotKnowledge); s.BotKnowledge == "" || size > readFirst {
		if s.BotKnowledge != "" {
			s.log.Info().Int64("bytes", size).Msg("reading the pages of BOT_KNOWLEDGE; the bot answers once they are read, and questions wait until then")
		}
		go open() // wait waits for it
		return o, nil
	}
	open()
	return o, o.err
}

// wait returns the pages once they are read. The error is one that the user can correct, or
// the context's.
func (o *opening) wait(ctx context.Context) (*knowledge.Folder, error) {
	select {
	case <-o.read:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if o.err != nil {
		return nil, unusable(o.err)
	}
	return o.folder, nil
}

// ready returns errReading until the pages are read.
func (o *opening) ready() error {
	select {
	case <-o.read:
		return nil
	default:
		return errReading
	}
}

// pages opens the pages that the bot answers from, and logs what is known of them.
func (s *system) pages(ctx context.Context) (*knowledge.Folder, error) {
	synonyms, err := knowledge.Synonyms(s.BotSynonyms)
	if err != nil {
		return nil, fmt.Errorf("BOT_SYNONYMS: %w", err)
	}
	var folder *knowledge.Folder
	if s.BotKnowledge == "" {
		folder, err = knowledge.OpenBuiltin(ctx, synonyms)
	} else {
		folder, err = knowledge.OpenFolder(ctx, s.BotKnowledge, synonyms)
	}
	if err != nil {
		return nil, fmt.Errorf("BOT_KNOWLEDGE: %w", err)
	}
	logPages(s.log, folder.Current(), "the bot answers from these pages")
	return folder, nil
}

func logPages(log zerolog.Logger, ix *knowledge.Index, message string) {
	for _, w := range ix.Warnings() {
		log.Warn().Msg("BOT_KNOWLEDGE: " + w)
	}
	log.Info().Int("pages", ix.Pages()).Int("passages", ix.Passages()).Str("language", string(ix.Language())).Msg(message)
}

// follow reads the folder again whenever it has changed, until stop is called, which waits
// for the end of that.
func follow(ctx context.Context, folder *knowledge.Folder, every time.Duration, log zerolog.Logger) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	wg.Go(func() {
		folder.Follow(ctx, every, func(err error) {
			if err != nil {
				log.Warn().Err(err).Int("pages", folder.Current().Pages()).Msg("BOT_KNOWLEDGE: the folder has changed, but can't be used as it is now; the bot answers from the pages that it had until that is mended")
				return
			}
			logPages(log, folder.Current(), "the pages have changed: the bot answers from these now")
		})
	})
	return func() {
		cancel()
		wg.Wait()
	}
}
