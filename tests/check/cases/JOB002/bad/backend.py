"""Shop: orders, and what is done for them."""

from stead import Backend, Job

sweep = Job("sweep", command="true", cron="61 * * * *")  #! JOB002

backend = Backend("shop", jobs=[sweep])
