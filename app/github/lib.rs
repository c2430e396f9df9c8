//! GitHub as Waterline sees it: the webhook door, App authentication, the REST client.
