data "aws_route53_zone" "own" {
  name = var.zone
}

resource "aws_route53_record" "host" {
  zone_id = data.aws_route53_zone.own.zone_id
  name    = var.host
  type    = "A"
  ttl     = 300
  records = [var.address]
}

resource "aws_acm_certificate" "host" {
  domain_name       = var.host
  validation_method = "DNS"

  tags = {
    Name = "${var.name}-certificate"
  }

  lifecycle {
    create_before_destroy = true
  }
}
