// Content: articles, places, events, and who comes to them. The same contract and schema as the service in Python.

import { service } from "../../../packages/service/src/service";
import { article, articles, putArticle } from "./articles";
import { deliver, tick } from "./delivery";
import { announce, change, event, events } from "./events";
import { cities, countries, place, places, putCity, putCountry, putPlace } from "./places";
import { attendees, cancel, mine, promote, register } from "./registrations";
import { COMPONENTS, type ContentEnv } from "./store";

export default service<ContentEnv>({
  name: "content-service",
  components: COMPONENTS,
  after: deliver,
  tick,
  routes: {
    "GET /v1/articles": articles,
    "GET /v1/articles/{slug}": article,
    "PUT /v1/articles/{slug}": putArticle,
    "GET /v1/countries": countries,
    "PUT /v1/countries/{code}": putCountry,
    "GET /v1/countries/{code}/cities": cities,
    "PUT /v1/cities/{slug}": putCity,
    "GET /v1/cities/{city}/places": places,
    "GET /v1/places/{slug}": place,
    "PUT /v1/places/{slug}": putPlace,
    "GET /v1/events": events,
    "GET /v1/events/{event_id}": event,
    "POST /v1/events": announce,
    "PATCH /v1/events/{event_id}": change,
    "GET /v1/events/{event_id}/registrations": attendees,
    "POST /v1/events/{event_id}/registrations": register,
    "GET /v1/events/{event_id}/registrations/me": mine,
    "DELETE /v1/events/{event_id}/registrations/me": cancel,
    "POST /v1/events/{event_id}/promotions": promote,
  },
});
