// Package merge makes what several regions keep a full copy of alike: agents' accounts, the
// site's settings, and the visitors whom the site or a name identifies. Each region reads and
// writes its own copy only, so that it goes on whole when it is cut off; what was changed on
// both sides is merged afterwards, by a rule for each kind that no clock and no order of arrival
// changes the result of.
package merge
