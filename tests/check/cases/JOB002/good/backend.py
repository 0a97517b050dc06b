"""Shop: orders, and what is done for them."""

from stead import Backend, Job

sweep = Job("sweep", command="true", cron="0 3 * * mon-fri", timezone="Europe/Berlin")

backend = Backend("shop", jobs=[sweep])
