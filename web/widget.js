// Parley's widget: one script tag puts the chat into a corner of a web site.
//
//   <script src="https://chat.example.org/widget.js" defer
//     data-name="Ada"          who the visitor is, if the site knows
//     data-token="…"           the site's JWT, for VISITOR_AUTH=signed
//     data-team="Billing"      the team that the page is for
//     data-accent="#0b6470"    the site's color
//     data-side="left"         default: right, and left on a page that is read from right to left
//     data-icon="heart"        on the launcher: chat, question, heart or logo
//     data-title="…"           the head before a chat begins
//     data-bot="…"             the bot's name
//     data-greeting="…"        the first sentence that a visitor reads
//     data-starters="A?|B?"    up to four questions to begin with
//     data-theme="dark"        light, dark or system; default: what the page says about itself
//     data-language="de"       what the visitor reads; default: the page's
//   ></script>
//
// window.parleySettings = { … } says the same, and { url } where the script came from, for
// pages whose tag manager drops attributes. The page may call parley.open(), parley.close(),
// parley.identify({ name, token }), parley.logout() when its visitor signs out,
// parley.boot({ … }), parley.configure({ … }), parley.shutdown() and parley.destroy().
// What the page does not say is as Parley's admins set it. See docs/embedding.md.
//
// It is one classic script: web.go puts the files in, in this order, and a function around them.
import './widget/page.js';
import './widget/state.js';
import './widget/words.js';
import './widget/script.js';
import './widget/settings.js';
import './widget/icons.js';
import './widget/memory.js';
import './widget/shades.js';
import './widget/style.js';
import './widget/look.js';
import './widget/launcher.js';
import './widget/attributes.js';
import './widget/frame.js';
import './widget/trouble.js';
import './widget/visitor.js';
import './widget/place.js';
import './widget/life.js';
import { run } from './widget/calls.js';

run();
