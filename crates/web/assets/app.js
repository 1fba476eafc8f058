// The page's script: small custom elements of our own. Every page works without it; it makes them live.
import "./times.js";
import "./live.js";
import "./inbox.js";
import "./thread.js";
import "./composer.js";
import "./filing.js";
import "./media.js";
import "./keys.js";
