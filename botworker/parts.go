package botworker

import "github.com/parley-chat/parley/pkg/chat"

// sound returns the parts of a reply if every page can show them, and otherwise none: the
// text answers without them.
func (w *Worker) sound(p *chat.Parts) *chat.Parts {
	if err := p.CheckParts(); err != nil {
		w.opts.Log.Error().Err(err).Msg("a reply is stored without its sources and choices: expected each within its bounds")
		return nil
	}
	return p
}
